// What can happen to a request on its way to DynamoDB and back. For the scripts of HttpGate and FaultProxy.
namespace DynamoDb.Testing

open System.Threading.Tasks
open Microsoft.FSharp.Reflection

/// What happens to one request. What is sent is always answered and applied before its fate goes on: a lost reply is the
/// reply of a write that is there.
[<RequireQualifiedAccess; NoComparison>]
type Fate =
    /// It is sent, and answered.
    | Pass
    /// The connection fails before anything is sent.
    | FailBefore
    /// It is applied, and the connection fails before the reply is there.
    | LoseReply
    /// It is sent twice, one after the other, and the caller gets the second reply: as if something on the way had
    /// lost the first one, and tried again.
    | Twice
    /// It passes, and a copy is kept that `SendKept` sends later.
    | Copy
    /// The connection fails, and the request is kept: it arrives when `SendKept` sends it, however late that is.
    | Keep
    /// It is not sent; this is the answer.
    | Answer of Reply
    /// It is applied, and this is the answer all the same.
    | AnswerAfter of Reply
    /// It is not sent, and there is no answer: the caller waits until it gives up.
    | Hang
    /// It is applied, and there is no answer: the caller waits until it gives up.
    | HangAfter
    /// It is sent as soon as this is over. A caller that gives up before has sent nothing.
    | SendAfter of Task
    /// It is applied at once, and its reply is handed over as soon as this is over.
    | ReplyAfter of Task

    /// The name of the case.
    override fate.ToString() =
        let case, _ = FSharpValue.GetUnionFields(fate, typeof<Fate>)
        case.Name

/// A request, as a script sees it.
type Call =
    {
        /// Counted from 1 over all requests of the gate.
        Number: int
        /// The operation, as in `PutItem`.
        Operation: string
        /// Counted from 1 over the requests of this operation.
        Nth: int
        /// The JSON of the request.
        Body: string
    }
