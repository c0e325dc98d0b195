// The four languages of AWS Lambda Powertools: what each does is said once per question, in the files after this one.
namespace Idempotency.Core

/// A language of AWS Lambda Powertools. Each makes keys in its own way, and no two agree.
[<RequireQualifiedAccess; NoComparison>]
type PowertoolsLanguage =
    | Python
    | TypeScript
    | Java
    | DotNet
