// Bytes spelled out as text: what .NET has ready since version 9, and what stands for it on net8.0.
module internal Idempotency.Core.Spelling

open System

#if NET9_0_OR_GREATER
/// In lower-case hexadecimal.
let hex (bytes: ReadOnlySpan<byte>) : string = Convert.ToHexStringLower bytes

/// Writes lower-case hexadecimal, two characters for each byte.
let writeHex (bytes: ReadOnlySpan<byte>) (text: Span<char>) : unit =
    Convert.TryToHexStringLower(bytes, text) |> ignore

/// In the alphabet of URLs, without padding (RFC 4648, section 5).
let base64Url (bytes: ReadOnlySpan<byte>) : string =
    Buffers.Text.Base64Url.EncodeToString bytes
#else
/// In lower-case hexadecimal.
let hex (bytes: ReadOnlySpan<byte>) : string =
    Convert.ToHexString(bytes).ToLowerInvariant()

/// Writes lower-case hexadecimal, two characters for each byte.
let writeHex (bytes: ReadOnlySpan<byte>) (text: Span<char>) : unit = (hex bytes).CopyTo text

/// In the alphabet of URLs, without padding (RFC 4648, section 5).
let base64Url (bytes: ReadOnlySpan<byte>) : string =
    Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_')
#endif
