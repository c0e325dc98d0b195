// The worker: five messages, three orders, three invoices, and two replays in the metrics.
extern alias worker; // both examples have the file that counts

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NUnit.Framework;
using worker::Invoices;
using worker::WebApi;

namespace Examples.Tests;

public sealed class WorkerTests
{
    [Test]
    public async Task Each_order_has_one_invoice_though_some_messages_come_twice()
    {
        using IHost host = InvoiceHost.Build(
            ["--Logging:LogLevel:Default", "Error"], ["A-1", "A-2", "A-1", "A-3", "A-2"]);
        Mailbox mailbox = host.Services.GetRequiredService<Mailbox>();
        CallCounts counts = host.Services.GetRequiredService<CallCounts>();

        await host.RunAsync();

        Assert.That(mailbox.Sent, Is.EqualTo(3));
        Assert.That(counts.All, Does.ContainKey("send-invoice executed").WithValue(3L));
        Assert.That(counts.All, Does.ContainKey("send-invoice replayed").WithValue(2L));
    }
}
