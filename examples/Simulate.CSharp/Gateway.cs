// The model of the outside world: a payment provider, made anew for each run. It answers at once; what lies between it and the
// workers is the simulation's.
namespace Simulate;

public sealed record Order(string Id, decimal Amount);

public sealed record Receipt(int Number, decimal Amount);

/// <summary>Somebody came with a fencing token below one that was seen before.</summary>
public sealed class StaleTokenException(string id) : Exception($"a newer worker has been here for {id}");

public sealed class Gateway
{
    private readonly List<(string Id, Receipt Receipt)> _charges = [];
    private readonly Dictionary<string, long> _tokens = [];
    private readonly Dictionary<string, Receipt> _byKey = [];

    public int TimesCharged(string id) => _charges.Count(charge => charge.Id == id);

    public Receipt? Find(string id) => _charges.Find(charge => charge.Id == id).Receipt;

    public Receipt Charge(Order order)
    {
        var receipt = new Receipt(_charges.Count + 1, order.Amount);
        _charges.Add((order.Id, receipt));
        return receipt;
    }

    // With a fencing token: whoever comes with a lower one than was seen before is refused, also when it only looks.

    public Receipt? Find(string id, long token)
    {
        Fence(id, token);
        return Find(id);
    }

    public Receipt Charge(Order order, long token)
    {
        Fence(order.Id, token);
        return Charge(order);
    }

    // With an idempotency key: the same key gets the same receipt.

    public Receipt Charge(Order order, string key)
    {
        if (!_byKey.TryGetValue(key, out Receipt? receipt))
        {
            receipt = Charge(order);
            _byKey.Add(key, receipt);
        }

        return receipt;
    }

    private void Fence(string id, long token)
    {
        if (token < _tokens.GetValueOrDefault(id))
        {
            throw new StaleTokenException(id);
        }

        _tokens[id] = token;
    }
}
