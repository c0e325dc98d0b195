// A web shop that may be asked twice. Run it: dotnet run --project examples/WebApi.CSharp, then send a request again and again:
//   curl -i localhost:5000/payments -H 'Idempotency-Key: 1' -H 'Content-Type: application/json' -d '{"account":"A","amount":5}'
//   curl localhost:5000/calls
using WebApi;

await Shop.Build(args).RunAsync();
