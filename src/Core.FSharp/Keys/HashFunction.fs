// The digests that a key may be made with, by name.
namespace Idempotency.Core

open System
open System.Security.Cryptography

/// A digest by name.
[<Sealed>]
type HashFunction private (name: string, algorithm: HashAlgorithmName) =
    static let known =
        [ HashFunction("MD5", HashAlgorithmName.MD5)
          HashFunction("SHA-1", HashAlgorithmName.SHA1)
          HashFunction("SHA-256", HashAlgorithmName.SHA256)
          HashFunction("SHA-384", HashAlgorithmName.SHA384)
          HashFunction("SHA-512", HashAlgorithmName.SHA512) ]

    static let bare (name: string) =
        name.Replace("-", "").Replace("_", "").ToLowerInvariant()

    /// Its name, such as `SHA-256`.
    member _.Name = name

    /// The digest of some bytes.
    member _.Digest(bytes: ReadOnlySpan<byte>) : byte[] =
        let digest = Array.zeroCreate<byte> SHA512.HashSizeInBytes
        let length = CryptographicOperations.HashData(algorithm, bytes, Span digest)
        digest.AsSpan(0, length).ToArray()

    /// The digest of some bytes in lower-case hexadecimal.
    member _.Hex(bytes: ReadOnlySpan<byte>) : string =
        let digest = Array.zeroCreate<byte> SHA512.HashSizeInBytes
        let length = CryptographicOperations.HashData(algorithm, bytes, Span digest)
        Convert.ToHexStringLower(digest, 0, length)

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
