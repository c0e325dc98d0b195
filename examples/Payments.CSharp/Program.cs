// Holds the place of the C# example until it is here.
using Idempotency;

Console.WriteLine(Placeholder.Name);
