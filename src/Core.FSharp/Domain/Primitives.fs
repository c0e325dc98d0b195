// The words of the domain. Read this first; it knows nothing but the .NET base library.
namespace Idempotency.Core

open System
open System.Runtime.CompilerServices

/// Milliseconds: the unit of clocks, leases and fencing tokens (since the Unix epoch where it is a moment).
[<Measure>]
type ms

/// Whole seconds: the unit of a record's expiry (since the Unix epoch where it is a moment).
[<Measure>]
type s

/// The two units of a record, and the roundings between them.
module Time =
    [<Literal>]
    let private perSecond = 1000L<ms / s>

    [<Literal>]
    let private latest = 0x7FFFFFFFFFFFFFFFL<ms>

    /// The second that a moment lies in.
    let floorSeconds (moment: int64<ms>) : int64<s> =
        let whole = moment / perSecond
        if whole * perSecond > moment then whole - 1L<s> else whole

    /// The first second that is not before a moment.
    let ceilSeconds (moment: int64<ms>) : int64<s> =
        let whole = moment / perSecond
        if whole * perSecond < moment then whole + 1L<s> else whole

    /// The moment at which a second begins; the last there is for a second beyond all moments.
    let ofSeconds (second: int64<s>) : int64<ms> =
        if second > latest / perSecond then latest else second * perSecond

    /// The last moment of a second.
    let endOfSecond (second: int64<s>) : int64<ms> =
        let start = ofSeconds second
        if start > latest - 999L<ms> then latest else start + 999L<ms>

    /// A moment later by a length; the last there is where that is beyond all moments.
    let later (length: int64<ms>) (moment: int64<ms>) : int64<ms> =
        if moment > latest - length then latest else moment + length

    /// A length of time in whole milliseconds; a part of a millisecond counts as one.
    let ofTimeSpan (span: TimeSpan) : int64<ms> =
        let whole = span.Ticks / TimeSpan.TicksPerMillisecond

        LanguagePrimitives.Int64WithMeasure(
            if whole * TimeSpan.TicksPerMillisecond < span.Ticks then whole + 1L else whole
        )

    /// A length in milliseconds as the base library has it.
    let toTimeSpan (length: int64<ms>) : TimeSpan =
        TimeSpan.FromTicks(int64 length * TimeSpan.TicksPerMillisecond)

    /// A moment as the base library has it, which ends with the year 9999.
    let toDateTimeOffset (moment: int64<ms>) : DateTimeOffset =
        let last = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
        DateTimeOffset.FromUnixTimeMilliseconds(min (int64 moment) last)

/// A text that may also be known by the bytes that it is written from. Texts are what stores keep; until one is written or
/// compared with another text, the bytes do.
module internal ShortText =
    let text (write: byte[] -> string) (known: obj | null) : string | null =
        match known with
        | null -> null
        | :? (byte[]) as bytes -> write bytes
        | written -> Unsafe.As<string> written

    let equal (write: byte[] -> string) (mine: obj | null) (other: obj | null) =
        match mine, other with
        | (:? (byte[]) as left), (:? (byte[]) as right) -> left.AsSpan().SequenceEqual(right.AsSpan())
        | _ -> text write mine = text write other

/// Who wrote a lock: 122 random bits as text, fresh for every call. Not the id of a request or a process: two
/// calls that share an id would take each other's lock for their own.
[<Struct; IsReadOnly; CustomEquality; NoComparison>]
type OwnerToken private (known: obj | null) =
    static let write (bytes: byte[]) = Spelling.base64Url (ReadOnlySpan bytes)

    new(text: string | null) = OwnerToken(known = text)

    member private _.Known = known

    /// The token as the record stores it; null for a record that was written by a peer without tokens.
    member _.Text = ShortText.text write known

    /// Whether there is no token.
    member _.IsNone = isNull known

    /// The token of these bytes: their Base64Url.
    static member OfBytes(bytes: byte[]) = OwnerToken(known = bytes)

    /// No token: the record of a peer that has none.
    static member None = OwnerToken(text = null)

    /// What stands in the place of an owner after a release by tombstone. No call ever has it as its token.
    static member Released = OwnerToken("(released)")

    /// Equal when the texts are.
    member _.Equals(other: OwnerToken) = ShortText.equal write known other.Known

    override this.Equals(other: obj) =
        match other with
        | :? OwnerToken as token -> this.Equals token
        | _ -> false

    override this.GetHashCode() = hash this.Text

    override this.ToString() =
        match this.Text with
        | null -> "(none)"
        | known -> known

    interface IEquatable<OwnerToken> with
        member this.Equals other = this.Equals other

/// A digest of the payload, so that one key with two payloads is noticed. `None` means that it is not checked.
[<Struct; IsReadOnly; CustomEquality; NoComparison>]
type Fingerprint private (known: obj | null) =
    static let write (bytes: byte[]) = Spelling.hex (ReadOnlySpan bytes)

    new(text: string | null) = Fingerprint(known = text)

    member private _.Known = known

    /// The digest as the record stores it, or null.
    member _.Text = ShortText.text write known

    /// Whether there is no fingerprint.
    member _.IsNone = isNull known

    /// The fingerprint of these bytes: lower-case hexadecimal.
    static member OfDigest(digest: byte[]) = Fingerprint(known = digest)

    /// No fingerprint.
    static member None = Fingerprint(text = null)

    /// Equal when the texts are.
    member _.Equals(other: Fingerprint) = ShortText.equal write known other.Known

    override this.Equals(other: obj) =
        match other with
        | :? Fingerprint as fingerprint -> this.Equals fingerprint
        | _ -> false

    override this.GetHashCode() = hash this.Text

    override this.ToString() =
        match this.Text with
        | null -> "(none)"
        | known -> known

    interface IEquatable<Fingerprint> with
        member this.Equals other = this.Equals other

/// A function's result as the record keeps it: JSON text in UTF-8, or nothing at all. "Has a result" is not "is
/// truthy": `null`, `0`, `false` and `""` are results; `Absent` is what a function without a result leaves.
[<Struct; IsReadOnly; CustomEquality; NoComparison>]
type Payload(utf8: byte[] | null) =
    /// The bytes, or null when there is no result. Whoever reads them must not change them.
    member _.Utf8 = utf8

    /// Whether there is no result.
    member _.IsAbsent = isNull utf8

    /// The number of bytes.
    member _.Length =
        match utf8 with
        | null -> 0
        | bytes -> bytes.Length

    /// No result.
    static member Absent = Payload(null)

    /// The payload whose text is given.
    static member OfText(text: string) =
        Payload(Text.Encoding.UTF8.GetBytes text)

    /// Equal to the bit: both absent, or the same bytes.
    member _.Equals(other: Payload) =
        match utf8, other.Utf8 with
        | null, null -> true
        | null, _
        | _, null -> false
        | mine, theirs -> mine.AsSpan().SequenceEqual(theirs.AsSpan())

    override this.Equals(other: obj) =
        match other with
        | :? Payload as payload -> this.Equals payload
        | _ -> false

    override _.GetHashCode() =
        match utf8 with
        | null -> 0
        | bytes ->
            let mutable hash = HashCode()
            hash.AddBytes(bytes.AsSpan())
            hash.ToHashCode()

    override _.ToString() =
        match utf8 with
        | null -> "(absent)"
        | bytes -> worded $"({bytes.Length} bytes)"

    interface IEquatable<Payload> with
        member this.Equals other = this.Equals other
