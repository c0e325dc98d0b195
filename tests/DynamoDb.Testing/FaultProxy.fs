// A gate with a port of its own, for callers in other processes.
namespace DynamoDb.Testing

open System
open System.Net
open System.Net.Http
open System.Threading.Tasks
open Microsoft.AspNetCore.Builder
open Microsoft.AspNetCore.Hosting
open Microsoft.AspNetCore.Hosting.Server
open Microsoft.AspNetCore.Hosting.Server.Features
open Microsoft.AspNetCore.Http
open Microsoft.Extensions.DependencyInjection
open Microsoft.Extensions.Hosting
open Microsoft.Extensions.Logging
open Microsoft.Extensions.Primitives

/// <summary>An HTTP server in front of DynamoDB; its gate decides what happens to each request. Where the gate loses a
/// reply or fails a connection, the caller's connection is cut.</summary>
[<Sealed>]
type FaultProxy private (server: WebApplication, gate: HttpGate, line: HttpMessageInvoker) =
    static let forward (engine: Uri) (line: HttpMessageInvoker) (context: HttpContext) : Task =
        task {
            let asked = context.Request
            let body = new StreamContent(asked.Body)

            use request =
                new HttpRequestMessage(
                    HttpMethod asked.Method,
                    Uri(engine, string asked.Path + string asked.QueryString),
                    Content = body
                )

            for header in asked.Headers do
                let values = header.Value.ToArray()

                if not (request.Headers.TryAddWithoutValidation(header.Key, values)) then
                    body.Headers.TryAddWithoutValidation(header.Key, values) |> ignore

            let reply = context.Response

            let copy (headers: Headers.HttpHeaders) =
                for header in headers do
                    if header.Key <> "Transfer-Encoding" then
                        reply.Headers[header.Key] <- StringValues(Array.ofSeq header.Value)

            try
                use! response = line.SendAsync(request, context.RequestAborted)
                reply.StatusCode <- int response.StatusCode
                copy response.Headers
                copy response.Content.Headers
                do! response.Content.CopyToAsync reply.Body
            with
            | :? HttpRequestException
            | :? OperationCanceledException -> context.Abort()
        }

    /// <summary>Starts one in front of an endpoint, on a free port.</summary>
    static member Start(endpoint: string) : Task<FaultProxy> =
        task {
            let builder = WebApplication.CreateSlimBuilder()
            builder.Logging.ClearProviders() |> ignore

            builder.WebHost.ConfigureKestrel(fun options -> options.Listen(IPAddress.Loopback, 0))
            |> ignore

            // What hangs on purpose must not hold up the end.
            builder.Services.Configure<HostOptions>(fun (options: HostOptions) ->
                options.ShutdownTimeout <- TimeSpan.Zero)
            |> ignore

            let gate = new HttpGate()
            let line = new HttpMessageInvoker(gate)
            let server = builder.Build()
            server.Run(RequestDelegate(forward (Uri endpoint) line))
            do! server.StartAsync()
            return new FaultProxy(server, gate, line)
        }

    /// <summary>Where callers find it.</summary>
    member _.Endpoint =
        match server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>() with
        | null -> invalidOp "The proxy has no address"
        | addresses -> Seq.head addresses.Addresses

    /// <summary>Its script and its log.</summary>
    member _.Gate = gate

    interface IAsyncDisposable with
        member _.DisposeAsync() =
            ValueTask(
                task {
                    do! server.DisposeAsync()
                    line.Dispose()
                }
            )
