// The canonical form while it is made: what is written of it, and after that a run of the text, which is in the form as it
// stands and is copied only where the two part. Nearly all of a text that a program wrote is one run.
namespace Idempotency.Core

open System

/// Places in the form stay what they are when the run is written.
[<Sealed>]
type internal FormUnderWay(output: ByteBuffer) =
    let mutable written = 0
    let mutable runStart = 0

    /// The place in the form of a place in the text that is in the run.
    member _.PlaceOf(at: int) = written + at - runStart

    /// The place in the text of a place in the form that is in the run.
    member _.TextOf(place: int) = runStart + place - written

    /// Whether all that comes after a place in the form is still in the run.
    member _.IsInRun(place: int) = place >= written

    /// What the form holds from a place on, of that which is in the run, or of that which is written.
    member _.From(json: ReadOnlySpan<byte>, place: int) : ReadOnlySpan<byte> =
        if place >= written then
            json.Slice(runStart + place - written)
        else
            output.Written.Slice place

    /// Writes the run up to a place in the text, at which the next begins.
    member this.WriteRun(json: ReadOnlySpan<byte>, at: int) =
        output.Add(json.Slice(runStart, at - runStart))
        this.GoOn at

    /// Begins a run at a place in the text, after what has been put into the output.
    member _.GoOn(at: int) =
        written <- output.Length
        runStart <- at
