// Holds the place of the benchmarks until the first of them is here.
using BenchmarkDotNet.Attributes;
using Idempotency;

namespace Benchmarks;

[MemoryDiagnoser]
public class PlaceholderBenchmarks
{
    [Benchmark]
    public string Name() => Placeholder.Name;
}
