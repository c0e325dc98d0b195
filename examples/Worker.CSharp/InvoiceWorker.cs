// The worker: each message is handled, and each order has one invoice.
using Idempotency;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WebApi;

namespace Invoices;

public sealed partial class InvoiceWorker : BackgroundService
{
    private readonly OrderFeed _feed;
    private readonly IHostApplicationLifetime _host;
    private readonly ILogger<InvoiceWorker> _log;
    private readonly Func<string, CancellationToken, Task<Invoice>> _send;

    public InvoiceWorker(
        IdempotencyHandler idempotency,
        OrderFeed feed,
        Mailbox mailbox,
        CallCounts counts,
        IHostApplicationLifetime host,
        ILogger<InvoiceWorker> log)
    {
        _ = counts; // made here, so that it listens from the first call on
        _feed = feed;
        _host = host;
        _log = log;
        _send = idempotency.Wrap<string, Invoice>("send-invoice", mailbox.SendAsync);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (string order in _feed.ReadAsync(stoppingToken))
        {
            try
            {
                Invoice invoice = await _send(order, stoppingToken);
                Done(order, invoice.Number);
            }
            catch (IdempotencyException refusal)
            {
                _feed.Return(order); // it comes again, after a while
                Refused(order, refusal.GetType().Name, refusal.RetryAfter);
            }
        }

        _host.StopApplication();
    }

    [LoggerMessage(LogLevel.Information, "Order {Order} has invoice {Number}.")]
    private partial void Done(string order, int number);

    [LoggerMessage(LogLevel.Warning, "Order {Order} goes back: {Refusal}, retry after {RetryAfter}.")]
    private partial void Refused(string order, string refusal, TimeSpan? retryAfter);
}
