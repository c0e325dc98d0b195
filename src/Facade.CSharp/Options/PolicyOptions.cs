// What may be chosen for all operations of a handler, and again for each of them.
using Idempotency.Core;

namespace Idempotency;

/// <summary>Leases, windows, and what is done when things go wrong. Read once, when the handler or operation is made.</summary>
public abstract class PolicyOptions
{
    private protected PolicyOptions()
    {
    }

    /// <summary>How long a call may hold its key without renewing. A call that crashes frees its key after that.</summary>
    /// <value>One minute. Longer than zero.</value>
    public TimeSpan Lease { get; set; } = Time.toTimeSpan(Defaults.lease);

    /// <summary>How long a finished record answers later calls, counted from when the result is saved.</summary>
    /// <value>One hour. Longer than zero; stored in whole seconds.</value>
    public TimeSpan Expiry { get; set; } = Time.toTimeSpan(Defaults.expiry);

    /// <summary>Added to the lease that others see, for clocks that disagree; the call itself does not rely on it. At
    /// least the largest difference between two callers' clocks.</summary>
    /// <value>One second. Zero switches it off.</value>
    public TimeSpan SkewPad { get; set; } = Time.toTimeSpan(Defaults.skewPad);

    /// <summary>Waited out before the lease of a peer without owner tokens (Powertools) is taken over.</summary>
    /// <value>One second. Zero switches it off.</value>
    public TimeSpan PeerPad { get; set; } = Time.toTimeSpan(Defaults.peerPad);

    /// <summary>What a duplicate does that meets a running call.</summary>
    /// <value><see cref="InProgressBehavior.Reject"/>.</value>
    public InProgressBehavior InProgress { get; set; } = InProgressBehavior.Reject;

    /// <summary>How long a duplicate waits in all, with <see cref="InProgressBehavior.Wait"/>.</summary>
    /// <value>Thirty seconds. Longer than zero.</value>
    public TimeSpan WaitAtMost { get; set; } = Time.toTimeSpan(Defaults.wait);

    /// <summary>How long a waiting duplicate sleeps before it looks again; each time twice as long.</summary>
    /// <value>50 milliseconds. Longer than zero.</value>
    public TimeSpan FirstPause { get; set; } = Time.toTimeSpan(Defaults.firstPause);

    /// <summary>How long a waiting duplicate sleeps at the most before it looks again.</summary>
    /// <value>Two seconds. Not shorter than <see cref="FirstPause"/>.</value>
    public TimeSpan LongestPause { get; set; } = Time.toTimeSpan(Defaults.longestPause);

    /// <summary>Whether the lease is renewed while the function runs, after each third of it.</summary>
    /// <value><see langword="false"/>.</value>
    public bool Renew { get; set; }

    /// <summary>How long a function may run before its lease is no longer renewed, so that one that hangs frees its
    /// key at last.</summary>
    /// <value>Fifteen minutes. Longer than zero.</value>
    public TimeSpan LongestRun { get; set; } = Time.toTimeSpan(Defaults.longestRun);

    /// <summary>What becomes of a key whose lease ended without a result.</summary>
    /// <value><see cref="AbandonedBehavior.RunAgain"/>.</value>
    public AbandonedBehavior Abandoned { get; set; } = AbandonedBehavior.RunAgain;

    /// <summary>Whether a key that is used with another payload is refused.</summary>
    /// <value><see langword="true"/>.</value>
    public bool CheckPayload { get; set; } = true;

    /// <summary>Whether another payload is also kept from taking over an abandoned key. Powertools lets it in.</summary>
    /// <value><see langword="true"/>.</value>
    public bool CheckPayloadBeforeTakeOver { get; set; } = true;

    /// <summary>Whether a call that lost its lease stores its result after all when it finds its key free again.</summary>
    /// <value><see langword="true"/>.</value>
    public bool LateCompletion { get; set; } = true;

    /// <summary>How a key is given back after a failure.</summary>
    /// <value><see cref="ReleaseBehavior.Delete"/>.</value>
    public ReleaseBehavior Release { get; set; } = ReleaseBehavior.Delete;

    /// <summary>Which clock reading is the fencing token.</summary>
    /// <value><see cref="FenceSource.Start"/>.</value>
    public FenceSource Fence { get; set; } = FenceSource.Start;

    /// <summary>What becomes of the key when the function throws; null, or an answer of null, leaves it to the
    /// default: hold it if the caller's own token cancelled the function, else release it.</summary>
    /// <value><see langword="null"/>.</value>
    public Func<Exception, FailureAction?>? OnFailure { get; set; }

    /// <summary>What becomes of a call whose input gives no key.</summary>
    /// <value><see cref="MissingKeyBehavior.Reject"/>.</value>
    public MissingKeyBehavior MissingKey { get; set; } = MissingKeyBehavior.Reject;

    /// <summary>What a call sends to the store first. It makes a difference to cost, and none to what is guaranteed.</summary>
    /// <value><see cref="FirstLookBehavior.Adaptive"/>.</value>
    public FirstLookBehavior FirstLook { get; set; } = FirstLookBehavior.Adaptive;

    /// <summary>How long saving a result may take in all. The caller's cancellation has no part in it.</summary>
    /// <value>Ten seconds. Longer than zero.</value>
    public TimeSpan CompletionBudget { get; set; } = Time.toTimeSpan(Defaults.completion.Budget);

    /// <summary>How often a result is sent again when the store fails.</summary>
    /// <value>5. Not negative.</value>
    public int CompletionResends { get; set; } = Defaults.completion.Resends;

    /// <summary>The pause before a result is sent again; each time twice as long, less up to a half at random.</summary>
    /// <value>50 milliseconds. Not negative.</value>
    public TimeSpan CompletionPause { get; set; } = Time.toTimeSpan(Defaults.completion.Pause);

    internal Func<TimeSpan>? RemainingTime { get; private set; }

    /// <summary>Takes the lease of each call from the time its host has left, as on AWS Lambda: that time less a margin.
    /// A call for which nothing is left is refused with <see cref="IdempotencyLeaseTimeException"/> before anything is
    /// written.</summary>
    /// <param name="remainingTime">The time left; asked once a call.</param>
    /// <param name="safetyMargin">How much earlier the lease ends than the host.</param>
    public void LeaseFrom(Func<TimeSpan> remainingTime, TimeSpan safetyMargin)
    {
        ArgumentNullException.ThrowIfNull(remainingTime);

        if (safetyMargin < TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(
                nameof(safetyMargin),
                safetyMargin,
                "LeaseFrom: the safety margin must not be negative; use TimeSpan.Zero for none.");
        }

        RemainingTime = () =>
        {
            TimeSpan left = remainingTime();
            return left <= TimeSpan.Zero ? left : left - safetyMargin;
        };
    }

    private protected void CopyTo(PolicyOptions other)
    {
        other.Lease = Lease;
        other.Expiry = Expiry;
        other.SkewPad = SkewPad;
        other.PeerPad = PeerPad;
        other.InProgress = InProgress;
        other.WaitAtMost = WaitAtMost;
        other.FirstPause = FirstPause;
        other.LongestPause = LongestPause;
        other.Renew = Renew;
        other.LongestRun = LongestRun;
        other.Abandoned = Abandoned;
        other.CheckPayload = CheckPayload;
        other.CheckPayloadBeforeTakeOver = CheckPayloadBeforeTakeOver;
        other.LateCompletion = LateCompletion;
        other.Release = Release;
        other.Fence = Fence;
        other.OnFailure = OnFailure;
        other.MissingKey = MissingKey;
        other.FirstLook = FirstLook;
        other.CompletionBudget = CompletionBudget;
        other.CompletionResends = CompletionResends;
        other.CompletionPause = CompletionPause;
        other.RemainingTime = RemainingTime;
    }
}
