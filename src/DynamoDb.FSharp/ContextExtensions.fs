// What a running function calls to have its writes committed in one step with its result: typed, for C# and F#.
namespace Idempotency

open System.Runtime.CompilerServices
open Amazon.DynamoDBv2.Model

/// <summary>Has DynamoDB writes committed in one transaction with a function's result: all of them, or none. A run that lost
/// its lease to another commits nothing.</summary>
/// <remarks>At most 99 writes, to tables of the same account and region, no two to the same item. A write must not be changed
/// after it was enlisted. A write that DynamoDB refuses (its condition does not hold, say) counts as a failure of the
/// function: <see cref="T:Idempotency.EnlistedWritesRefusedException"/>.</remarks>
[<AbstractClass; Sealed; Extension>]
type DynamoDbContextExtensions private () =
    /// <summary>Enlists a put.</summary>
    /// <param name="context">The context of the running call.</param>
    /// <param name="put">The put, with its table, and a condition if you like.</param>
    /// <exception cref="T:System.InvalidOperationException">It cannot be enlisted; the message says why.</exception>
    [<Extension>]
    static member EnlistPut(context: IdempotencyContext, put: Put) = context.Enlist put

    /// <summary>Enlists an update.</summary>
    /// <param name="context">The context of the running call.</param>
    /// <param name="update">The update, with its table, and a condition if you like.</param>
    /// <exception cref="T:System.InvalidOperationException">It cannot be enlisted; the message says why.</exception>
    [<Extension>]
    static member EnlistUpdate(context: IdempotencyContext, update: Update) = context.Enlist update

    /// <summary>Enlists a delete.</summary>
    /// <param name="context">The context of the running call.</param>
    /// <param name="delete">The delete, with its table, and a condition if you like.</param>
    /// <exception cref="T:System.InvalidOperationException">It cannot be enlisted; the message says why.</exception>
    [<Extension>]
    static member EnlistDelete(context: IdempotencyContext, delete: Delete) = context.Enlist delete

    /// <summary>Enlists a condition on an item that is not written: nothing is committed unless it holds.</summary>
    /// <param name="context">The context of the running call.</param>
    /// <param name="check">The condition, with its table.</param>
    /// <exception cref="T:System.InvalidOperationException">It cannot be enlisted; the message says why.</exception>
    [<Extension>]
    static member EnlistCheck(context: IdempotencyContext, check: ConditionCheck) = context.Enlist check

    /// <summary>Enlists one write of a transaction.</summary>
    /// <param name="context">The context of the running call.</param>
    /// <param name="write">A put, update, delete or condition.</param>
    /// <exception cref="T:System.InvalidOperationException">It cannot be enlisted; the message says why.</exception>
    [<Extension>]
    static member EnlistWrite(context: IdempotencyContext, write: TransactWriteItem) = context.Enlist write
