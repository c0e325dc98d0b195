// The digests that a key may be made with, by name.
namespace Idempotency.Core

open System
open System.Security.Cryptography

/// Writes the digest of some bytes, and gives its length.
type internal Digesting = delegate of bytes: ReadOnlySpan<byte> * digest: Span<byte> -> int

/// A digest by name.
[<Sealed>]
type HashFunction private (name: string, length: int, digesting: Digesting) =
    static let known =
        [ HashFunction("MD5", MD5.HashSizeInBytes, Digesting(fun bytes digest -> MD5.HashData(bytes, digest)))
          HashFunction(
              "SHA-1",
              SHA1.HashSizeInBytes,
              Digesting(fun bytes digest -> SHA1.HashData(bytes, digest))
          )
          HashFunction(
              "SHA-256",
              SHA256.HashSizeInBytes,
              Digesting(fun bytes digest -> SHA256.HashData(bytes, digest))
          )
          HashFunction(
              "SHA-384",
              SHA384.HashSizeInBytes,
              Digesting(fun bytes digest -> SHA384.HashData(bytes, digest))
          )
          HashFunction(
              "SHA-512",
              SHA512.HashSizeInBytes,
              Digesting(fun bytes digest -> SHA512.HashData(bytes, digest))
          ) ]

    static let bare (name: string) =
        name.Replace("-", "").Replace("_", "").ToLowerInvariant()

    /// Its name, such as `SHA-256`.
    member _.Name = name

    /// Its length in bytes.
    member _.Length = length

    /// Writes the digest of some bytes, and gives its length.
    member _.Digest(bytes: ReadOnlySpan<byte>, digest: Span<byte>) : int = digesting.Invoke(bytes, digest)

    /// The digest of some bytes.
    member _.Digest(bytes: ReadOnlySpan<byte>) : byte[] =
        let digest = Array.zeroCreate length
        digesting.Invoke(bytes, Span digest) |> ignore
        digest

    /// The digest of some bytes in lower-case hexadecimal.
    member this.Hex(bytes: ReadOnlySpan<byte>) : string =
        Spelling.hex (ReadOnlySpan(this.Digest bytes))

    /// SHA-256, the default: of these the fastest on processors of today, and no collision of it is known.
    static member Sha256 = known[2]

    /// MD5, the default of Powertools.
    static member Md5 = known[0]

    /// Finds a digest by its name, whatever the case and the hyphens: `sha256`, `SHA-256`. The error names the choices.
    static member Find(name: string) : Result<HashFunction, string> =
        match known |> List.tryFind (fun one -> bare one.Name = bare name) with
        | Some found -> Ok found
        | None ->
            let choices = String.Join(", ", known |> List.map _.Name)
            Error $"'{name}' is no hash function that keys can be made with. Use one of: {choices}"
