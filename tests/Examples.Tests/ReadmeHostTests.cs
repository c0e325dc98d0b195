// The web API of the README, written by somebody who has read nothing else.
using System.Net;
using System.Text;
using Idempotency;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Examples.Tests;

public sealed class ReadmeHostTests
{
    private sealed record Order(string OrderId, int Pieces);

    private sealed record Shipment(string OrderId, int Parcel);

    private int _parcels;

    private Task<Shipment> ShipAsync(Order order, CancellationToken cancellation) =>
        Task.FromResult(new Shipment(order.OrderId, Interlocked.Increment(ref _parcels)));

    [Test]
    public async Task An_order_that_is_sent_twice_is_shipped_once()
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(
            ["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "Error"]);

        builder.Services.AddIdempotency(new InMemoryStore());
        WebApplication app = builder.Build();

        var ship = app.Services.GetRequiredService<IdempotencyHandler>()
            .Operation<Order, Shipment>("ship", options => options.KeyFrom(order => order.OrderId));

        app.MapPost("/orders", async (Order order, CancellationToken cancellation) =>
            (await ship.TryHandleAsync(order, ShipAsync, cancellation)).Match(
                shipment => Results.Ok(shipment),
                refusal => Results.Problem(statusCode: refusal is IdempotencyValidationException or IdempotencyKeyException ? 422 : 503)));

        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };

        async Task<HttpResponseMessage> Send(int pieces) => await client.PostAsync(
            "/orders",
            new StringContent($$"""{"orderId":"A-1","pieces":{{pieces}}}""", Encoding.UTF8, "application/json"));

        string first = await (await Send(2)).Content.ReadAsStringAsync();
        string second = await (await Send(2)).Content.ReadAsStringAsync();

        Assert.That(first, Is.EqualTo("""{"orderId":"A-1","parcel":1}"""));
        Assert.That(second, Is.EqualTo(first));
        Assert.That((await Send(3)).StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        await app.DisposeAsync();
    }
}
