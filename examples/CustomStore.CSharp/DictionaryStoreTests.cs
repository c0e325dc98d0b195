// The conformance suites on that store: a harness, and one line for each suite.
using Idempotency;
using Idempotency.Core;
using Idempotency.Store.Conformance;
using NUnit.Framework;

namespace CustomStore;

public class DictionaryStoreHarness : SeededStoreHarness
{
    public override IIdempotencyStore Open() => new DictionaryStore();

    public override bool MayDropExpired => false;

    public override Task Seed(IIdempotencyStore store, Record record)
    {
        ((DictionaryStore)store).Put(record);
        return Task.CompletedTask;
    }
}

[TestFixture]
public class DictionaryStoreConditions() : ConditionSuite(new DictionaryStoreHarness());

[TestFixture]
public class DictionaryStoreContents() : ContentSuite(new DictionaryStoreHarness());

[TestFixture]
public class DictionaryStorePeers() : PeerSuite(new DictionaryStoreHarness());

[TestFixture]
public class DictionaryStoreScripts() : ScriptSuite(new DictionaryStoreHarness());

[TestFixture]
public class DictionaryStoreConcurrency() : ConcurrencySuite(new DictionaryStoreHarness());
