// A worker over a queue that delivers some messages twice. Run it: dotnet run --project examples/Worker.CSharp
using Invoices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WebApi;

using IHost host = InvoiceHost.Build(args, ["A-1001", "A-1002", "A-1001", "A-1003", "A-1002"]);
CallCounts counts = host.Services.GetRequiredService<CallCounts>();
await host.RunAsync();

foreach ((string call, long count) in counts.All)
{
    Console.WriteLine($"{call}: {count}");
}
