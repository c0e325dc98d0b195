// The web shop: one request has its key in a header, the other in its body.
using System.Security.Claims;
using Idempotency;
using Microsoft.AspNetCore.Mvc;

namespace WebApi;

public sealed record Payment(string Account, decimal Amount);

public sealed record Receipt(int Number, decimal Amount);

/// <summary>A payment as it is asked for: two customers may use the same key.</summary>
public sealed record PaymentRequest(string Customer, string? Key, Payment Payment);

public sealed record Order(string OrderId, int Pieces);

public sealed record Shipment(string OrderId, int Parcel);

public static class Shop
{
    public static WebApplication Build(string[] args)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
        builder.Services.AddSingleton<Warehouse>();
        builder.Services.AddSingleton<CallCounts>();

        // DynamoDbStore in its place is for more than one process.
        builder.Services.AddIdempotency(
            new InMemoryStore(),
            options => options.Read(builder.Configuration.GetSection("Idempotency")));

        WebApplication app = builder.Build();
        MapPayments(app);
        MapOrders(app);
        MapCounts(app);
        return app;
    }

    private static void MapPayments(WebApplication app)
    {
        var handler = app.Services.GetRequiredService<IdempotencyHandler>();

        var pay = handler.Operation<PaymentRequest, Receipt>("pay", options =>
        {
            options.KeyFrom(request => request.Key is null ? null : new { request.Customer, request.Key });
            options.PayloadFrom(request => request.Payment);
        });

        app.MapPost("/payments", async (
            [FromHeader(Name = "Idempotency-Key")] string? key,
            ClaimsPrincipal user,
            Payment payment,
            Warehouse warehouse,
            HttpContext http) =>
        {
            var request = new PaymentRequest(user.Identity?.Name ?? "anyone", key, payment);

            // A client that hangs up ends its call only before the payment: the function does not get its token.
            var result = await pay.TryHandleAsync(
                request, (asked, _) => warehouse.PayAsync(asked.Payment), http.RequestAborted);

            return Answer.To(http, result);
        });
    }

    private static void MapOrders(WebApplication app)
    {
        var handler = app.Services.GetRequiredService<IdempotencyHandler>();

        var ship = handler.Operation<Order, Shipment>("ship", options => options.KeyFrom(order => order.OrderId));

        app.MapPost("/orders", async (Order order, Warehouse warehouse, HttpContext http) =>
            Answer.To(http, await ship.TryHandleAsync(order, (asked, _) => warehouse.ShipAsync(asked))));
    }

    private static void MapCounts(WebApplication app)
    {
        CallCounts counts = app.Services.GetRequiredService<CallCounts>(); // it listens from now on
        app.MapGet("/calls", () => counts.All);
    }
}
