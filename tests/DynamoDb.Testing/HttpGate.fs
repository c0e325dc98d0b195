// Stands between the AWS SDK and DynamoDB, in the same process, and does to each request what the script says.
namespace DynamoDb.Testing

open System
open System.Collections.Concurrent
open System.IO
open System.Net
open System.Net.Http
open System.Net.Sockets
open System.Text
open System.Threading
open System.Threading.Tasks
open Amazon.Runtime

/// A request that can be sent as often as one likes.
[<NoComparison; NoEquality>]
type private Letter =
    { Method: HttpMethod
      Address: Uri | null
      Headers: (string * string seq) list
      ContentHeaders: (string * string seq) list
      Body: byte[] }

module private Letter =
    let private headersOf (headers: Headers.HttpHeaders) =
        [ for header in headers -> header.Key, List.ofSeq header.Value :> string seq ]

    let read (request: HttpRequestMessage) =
        task {
            let content = request.Content

            let! body =
                match content with
                | null -> Task.FromResult Array.empty
                | content -> content.ReadAsByteArrayAsync()

            return
                { Method = request.Method
                  Address = request.RequestUri
                  Headers = headersOf request.Headers
                  ContentHeaders =
                    match content with
                    | null -> []
                    | content -> headersOf content.Headers
                  Body = body }
        }

    let write letter =
        let content = new ByteArrayContent(letter.Body)

        for name, values in letter.ContentHeaders do
            content.Headers.TryAddWithoutValidation(name, values) |> ignore

        let request =
            new HttpRequestMessage(letter.Method, letter.Address, Content = content)

        for name, values in letter.Headers do
            request.Headers.TryAddWithoutValidation(name, values) |> ignore

        request

    /// `PutItem`, of the header's `DynamoDB_20120810.PutItem`.
    let operation letter =
        match
            letter.Headers
            |> List.tryFind (fun (name, _) -> name.Equals("X-Amz-Target", StringComparison.OrdinalIgnoreCase))
        with
        | Some(_, target) -> let target = Seq.head target in target.Substring(target.LastIndexOf '.' + 1)
        | None -> "(none)"

/// What .NET's own HTTP client says of connections that fail.
module private Broken =
    let before () : exn =
        HttpRequestException(
            HttpRequestError.ConnectionError,
            "The gate refused the connection",
            SocketException(int SocketError.ConnectionRefused)
        )

    let after () : exn =
        HttpRequestException(
            "The gate cut the connection",
            IOException("The gate cut the connection", SocketException(int SocketError.ConnectionReset))
        )

/// <summary>Lets requests through to DynamoDB, or not, as its script says, and counts them.</summary>
/// <remarks>A request's fate is the next of those that were queued for its operation, then the next of those queued for
/// any, then what the rule says; without a rule, it passes.</remarks>
[<Sealed>]
type HttpGate() =
    inherit HttpMessageHandler()

    let log = GateLog()
    let kept = ConcurrentQueue<Letter>()
    let line = new HttpMessageInvoker(new SocketsHttpHandler(UseProxy = false))

    let send letter =
        task {
            use request = Letter.write letter
            // Nobody's giving up takes back what is on its way.
            let! response = line.SendAsync(request, CancellationToken.None)
            do! response.Content.LoadIntoBufferAsync()
            log.Answered(Letter.operation letter)
            return response
        }

    let answer (reply: Reply) =
        new HttpResponseMessage(
            enum<HttpStatusCode> reply.Status,
            Content = new StringContent(reply.Body, Encoding.UTF8, "application/x-amz-json-1.0")
        )

    let forEver (cancellation: CancellationToken) =
        task {
            do! Task.Delay(Timeout.Infinite, cancellation)
            return raise (Broken.after ())
        }

    let meet letter fate (cancellation: CancellationToken) : Task<HttpResponseMessage> =
        task {
            match fate with
            | Fate.Pass -> return! (send letter).WaitAsync cancellation
            | Fate.FailBefore -> return raise (Broken.before ())
            | Fate.LoseReply ->
                let! _ = send letter
                return raise (Broken.after ())
            | Fate.Twice ->
                let! _ = send letter
                return! (send letter).WaitAsync cancellation
            | Fate.Copy ->
                kept.Enqueue letter
                return! (send letter).WaitAsync cancellation
            | Fate.Keep ->
                kept.Enqueue letter
                return raise (Broken.after ())
            | Fate.Answer reply -> return answer reply
            | Fate.AnswerAfter reply ->
                let! _ = send letter
                return answer reply
            | Fate.Hang -> return! forEver cancellation
            | Fate.HangAfter ->
                let! _ = send letter
                return! forEver cancellation
            | Fate.SendAfter released ->
                do! released.WaitAsync cancellation
                return! (send letter).WaitAsync cancellation
            | Fate.ReplyAfter released ->
                let! response = send letter
                do! released.WaitAsync cancellation
                return response
        }

    /// <summary>The next requests, whatever they are, get these fates, one each.</summary>
    member _.Next([<ParamArray>] fates: Fate[]) = log.Next fates

    /// <summary>The next requests of one operation, as in <c>PutItem</c>, get these fates, one each.</summary>
    member _.NextOf(operation: string, [<ParamArray>] fates: Fate[]) = log.NextOf(operation, fates)

    /// <summary>Decides for all requests for which nothing is queued, in the place of the rule before.</summary>
    member _.Rule(decide: Call -> Fate) = log.Rule decide

    /// <summary>What there has been, in the order of arrival: each operation and its fate.</summary>
    member _.Log: (string * Fate) list =
        [ for struct (call, fate) in log.Entries -> call.Operation, fate ]

    /// <summary>The requests themselves, in the order of arrival.</summary>
    member _.Calls: Call list = [ for struct (call, _) in log.Entries -> call ]

    /// <summary>How many requests there have been of one operation.</summary>
    member gate.Count(operation: string) =
        gate.Calls
        |> List.filter (fun call -> call.Operation = operation)
        |> List.length

    /// <summary>Forgets what there has been. What is queued, kept or under way stays.</summary>
    member _.Clear() = log.Clear()

    /// <summary>Is over once so many requests of an operation have arrived at the gate.</summary>
    member _.Arrived(operation: string, count: int) : Task = log.WaitForArrival(operation, count)

    /// <summary>Is over once DynamoDB has answered so many requests of an operation: those are applied, whatever the
    /// caller hears of it.</summary>
    member _.Applied(operation: string, count: int) : Task = log.WaitForAnswer(operation, count)

    /// <summary>How many requests are kept.</summary>
    member _.Kept = kept.Count

    /// <summary>Sends the request that was kept first, at last: what DynamoDB says to it.</summary>
    member _.SendKept() : Task<Reply> =
        task {
            match kept.TryDequeue() with
            | true, letter ->
                use! response = send letter
                let! body = response.Content.ReadAsStringAsync()

                return
                    { Status = int response.StatusCode
                      Body = body }
            | false, _ -> return invalidOp "No request is kept"
        }

    /// <summary>What to set as <c>AmazonDynamoDBConfig.HttpClientFactory</c>.</summary>
    member gate.Factory: HttpClientFactory = GateFactory gate

    override _.SendAsync(request, cancellation) =
        task {
            let! letter = Letter.read request
            let operation = Letter.operation letter
            let fate = log.Enter(operation, Encoding.UTF8.GetString letter.Body)
            let! response = meet letter fate cancellation
            response.RequestMessage <- request
            return response
        }

    override _.Dispose(disposing) = if disposing then line.Dispose()

/// Gives every SDK client that uses it the same gate.
and [<Sealed>] private GateFactory(gate: HttpGate) =
    inherit HttpClientFactory()

    override _.CreateHttpClient(config: IClientConfig) =
        let client = new HttpClient(gate, disposeHandler = false)
        if config.Timeout.HasValue then client.Timeout <- config.Timeout.Value
        client
