// A downstream that fences: it remembers the highest token it has seen, and refuses whoever comes with a lower one.
namespace Payments;

public sealed class Ledger
{
    private readonly Lock _gate = new();
    private long _highest;

    public bool Post(long fencingToken)
    {
        lock (_gate)
        {
            if (fencingToken < _highest)
            {
                return false;
            }

            _highest = fencingToken;
            return true;
        }
    }
}
