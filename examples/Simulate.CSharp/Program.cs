// Tries four workers in a thousand simulated worlds each. Run it: dotnet run --project examples/Simulate.CSharp
using System.Globalization;
using Idempotency.Simulation;
using Simulate;

int runs = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1000;

Console.WriteLine($"== Trusting{Environment.NewLine}{Simulations.Of(Workers.Trusting).Run(runs)}");
Console.WriteLine($"== Looking{Environment.NewLine}{Simulations.Of(Workers.Looking).Run(runs)}");
Console.WriteLine($"== Fenced{Environment.NewLine}{Simulations.Of(Workers.Fenced).Run(runs)}");
Console.WriteLine($"== Keyed{Environment.NewLine}{Simulations.Of(Workers.Keyed).Run(runs)}");
