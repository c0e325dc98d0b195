// The host: a handler in its container, the worker, and what listens to the metrics.
using Idempotency;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WebApi;

namespace Invoices;

public static class InvoiceHost
{
    public static IHost Build(string[] args, IEnumerable<string> messages)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);

        builder.Services.AddIdempotency(new InMemoryStore(), options => options.Renew = true);
        builder.Services.AddHostedService<InvoiceWorker>();

        builder.Services.AddSingleton(new OrderFeed(messages));
        builder.Services.AddSingleton<Mailbox>();
        builder.Services.AddSingleton<CallCounts>();
        return builder.Build();
    }
}
