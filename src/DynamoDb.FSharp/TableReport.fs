// What a look at a table has found: what is wrong, how much it matters, and what to do about it.
namespace Idempotency

open System
open System.Collections.Generic

/// <summary>How much a finding matters.</summary>
type TableSeverity =
    /// <summary>Records are kept and found; something will cost money or time.</summary>
    | Warning = 0
    /// <summary>Records cannot be kept, or what is promised does not hold.</summary>
    | Error = 1

/// <summary>One thing that is wrong with a table.</summary>
[<Sealed>]
type TableFinding internal (severity: TableSeverity, problem: string, remedy: string) =
    /// <summary>How much it matters.</summary>
    member _.Severity = severity

    /// <summary>What is wrong.</summary>
    member _.Problem = problem

    /// <summary>What to do about it.</summary>
    member _.Remedy = remedy

    override _.ToString() = $"{severity}: {problem}. {remedy}."

/// <summary>What a look at a table has found.</summary>
[<Sealed>]
type TableReport internal (table: string, findings: TableFinding list) =
    /// <summary>The table.</summary>
    member _.Table = table

    /// <summary>What is wrong with it, errors first; empty when nothing is.</summary>
    member _.Findings: IReadOnlyList<TableFinding> = findings

    /// <summary>Whether records can be kept in it as promised: there is no error; there may be warnings.</summary>
    member _.IsUsable =
        findings |> List.forall (fun finding -> finding.Severity <> TableSeverity.Error)

    /// <summary>Throws unless the table is usable.</summary>
    /// <exception cref="T:System.InvalidOperationException">The table cannot be used; the message has all findings.</exception>
    member this.ThrowIfUnusable() =
        if not this.IsUsable then raise (InvalidOperationException(string this))

    override _.ToString() =
        match findings with
        | [] -> $"Table '{table}' is as it should be."
        | found ->
            let lines = String.Join("\n", [ for finding in found -> $"  {finding}" ])
            $"Table '{table}':\n{lines}"
