// The distributed store: each request is one conditional write, or one consistent read, of one item. It decides nothing;
// DynamoDB evaluates the condition in one step with the write.
//
// Why the lock is not taken by an UpdateItem that never fails (`if_not_exists` on every attribute, then look whose token
// came back), although the SDK's exception for a refused write costs more than such an update: it writes to records that
// are not its own. A peer's record, which has no owner, would get ours; every duplicate would pay for a write of the whole
// item and show up in the table's stream; and an expired record would need a second, conditional write all the same. A
// duplicate-heavy operation looks first instead (FirstLook), by a read.
namespace Idempotency

open System
open System.Threading
open System.Threading.Tasks
open Amazon.DynamoDBv2
open Amazon.DynamoDBv2.Model
open Idempotency.Core
open Idempotency.DynamoDb
open Idempotency.DynamoDb.Translation

/// <summary>Keeps records in a DynamoDB table: for many processes and machines. The table's format is that of AWS Lambda
/// Powertools, whose functions may use the same table.</summary>
/// <remarks>
/// <para>Thread-safe, and without state of its own: as many as you like may share a client and a table.</para>
/// <para>It writes in one region. Do not put it on a global table that is written to in two regions, unless that table has
/// strong consistency across them.</para>
/// <para>It throws <see cref="T:Idempotency.DynamoDbStoreException"/> for everything that keeps it from answering.</para>
/// </remarks>
[<Sealed>]
type DynamoDbStore(client: IAmazonDynamoDB, table: string, options: DynamoDbStoreOptions) =
    do
        ArgumentNullException.ThrowIfNull(client, nameof client)
        ArgumentNullException.ThrowIfNull(options, nameof options)

    let layout = Layout.create table options
    let requests = Requests layout

    /// A refusal shows the item that it is because of; without one there is none.
    let refusedByOwner asked item =
        StoreReply.Refused(Item.tryRead layout asked item)

    /// A free key cannot refuse because there is no item: an endpoint that says so does not show it.
    let refusedByHolder asked item =
        match Item.tryRead layout asked item with
        | null -> StoreReply.RefusedUnseen
        | record -> StoreReply.Refused record

    let answer
        (asked: Asked)
        (cancellation: CancellationToken)
        (refused: Asked -> Item | null -> StoreReply)
        (applied: 'Response -> StoreReply)
        (send: unit -> Task<'Response>)
        =
        let asking () =
            task {
                try
                    let! response = (send ()).ConfigureAwait false
                    return applied response
                with
                | ConditionRefused item -> return refused asked item
                | Translated asked cancellation fault -> return raise fault
            }

        ValueTask<StoreReply>(asking ())

    let transact
        (asked: Asked)
        (cancellation: CancellationToken)
        refused
        token
        enlisted
        (own: unit -> TransactWriteItem)
        =
        let asking () =
            task {
                try
                    let request = Transaction.request layout asked (own ()) enlisted token
                    let! _ = client.TransactWriteItemsAsync(request, cancellation).ConfigureAwait false
                    return StoreReply.Applied null
                with
                | :? TransactionCanceledException as cancelled ->
                    return
                        match Transaction.onCancelled asked (refused asked) cancelled with
                        | Ok reply -> reply
                        | Error fault -> raise fault
                | :? DynamoDbItemTooLargeException as tooLarge ->
                    return raise (Transaction.onFault asked tooLarge tooLarge)
                | Translated asked cancellation translated as fault ->
                    return raise (Transaction.onFault asked translated fault)
            }

        ValueTask<StoreReply>(asking ())

    // What other writes have changed is nobody's business: they ask for nothing back.
    let appliedUnseen _ = StoreReply.Applied null

    /// <summary>A store on a table as Powertools has it by default: a partition key <c>id</c>, and no sort key.</summary>
    /// <param name="client">The client. It is shared, and never disposed of here.</param>
    /// <param name="table">The name, or the ARN, of the table.</param>
    new(client, table) = DynamoDbStore(client, table, DynamoDbStoreOptions())

    /// <summary>A store on a table of another layout.</summary>
    /// <param name="client">The client. It is shared, and never disposed of here.</param>
    /// <param name="table">The name, or the ARN, of the table.</param>
    /// <param name="configure">Sets the options.</param>
    /// <exception cref="T:System.ArgumentException">The options do not fit; the message says which, and what to do.</exception>
    new(client: IAmazonDynamoDB, table: string, configure: Action<DynamoDbStoreOptions>) =
        let options = DynamoDbStoreOptions()
        configure.Invoke options
        DynamoDbStore(client, table, options)

    /// <summary>The name of the table.</summary>
    member _.Table = table

    interface ILimitsKeys with
        member _.MaxKeyBytes = Layout.longestKey layout

    interface ICommitsEnlisted with
        member _.ProblemOf(write, before) = Transaction.problemOf write before

    interface IIdempotencyStore with
        member _.Acquire(request, cancellation) =
            let asked = requests.AskedToAcquire request.Ticket

            let asking () =
                task {
                    try
                        let! response =
                            client.PutItemAsync(requests.Acquire request, cancellation).ConfigureAwait false

                        return StoreReply.Applied(Item.replaced layout asked response.Attributes)
                    with
                    | ConditionRefused item -> return refusedByHolder asked item
                    // Somebody's transaction is about to change the record: most likely its completion. The call looks.
                    | :? TransactionConflictException -> return StoreReply.RefusedUnseen
                    | Translated asked cancellation fault -> return raise fault
                }

            ValueTask<StoreReply>(asking ())

        member _.Renew(request, cancellation) =
            answer (requests.AskedToRenew request.Ticket) cancellation refusedByOwner appliedUnseen (fun () ->
                client.UpdateItemAsync(requests.Renew request, cancellation))

        member _.Complete(request, cancellation) =
            let asked = requests.AskedToComplete request.Ticket

            if request.Enlisted.IsNone then
                answer asked cancellation refusedByOwner appliedUnseen (fun () ->
                    client.UpdateItemAsync(requests.Complete request, cancellation))
            else
                let token = Transaction.token request.Ticket asked.Request request.Now

                transact asked cancellation refusedByOwner token request.Enlisted (fun () ->
                    TransactWriteItem(Update = requests.Completion request))

        member _.Release(request, cancellation) =
            let asked = requests.AskedToRelease request.Ticket

            match request.Ticket.Policy.Release with
            | ReleaseBy.Delete ->
                answer asked cancellation refusedByOwner appliedUnseen (fun () ->
                    client.DeleteItemAsync(requests.Delete request, cancellation))
            | ReleaseBy.Tombstone ->
                answer asked cancellation refusedByOwner appliedUnseen (fun () ->
                    client.UpdateItemAsync(requests.Tombstone request, cancellation))

        member _.LateComplete(request, cancellation) =
            let asked = requests.AskedToCompleteLate request.Ticket

            if request.Enlisted.IsNone then
                answer asked cancellation refusedByHolder appliedUnseen (fun () ->
                    client.PutItemAsync(requests.LateComplete request, cancellation))
            else
                let token = Transaction.token request.Ticket asked.Request request.Now

                transact asked cancellation refusedByHolder token request.Enlisted (fun () ->
                    TransactWriteItem(Put = requests.LateCompletion request))

        member _.Get(key, cancellation) =
            let asked = requests.AskedToGet key

            let asking () =
                task {
                    try
                        let! response =
                            client.GetItemAsync(requests.Get key, cancellation).ConfigureAwait false

                        return Item.tryRead layout asked response.Item
                    with Translated asked cancellation fault ->
                        return raise fault
                }

            ValueTask<Record | null>(asking ())
