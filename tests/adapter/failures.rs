//! Each way to fail, on each method of the ports: kind, operation, resource and AWS's words.

use reactive_scaler::lease::Record;
use reactive_scaler::port::{Aws, AwsResult, FailureKind};
use simulator::{Fault, Refusal, Simulator};

use crate::adapters_agree::*;

contracts! {
    each_fault_has_its_kind_on_each_method,
    each_kind_is_met_on_each_method,
    each_code_has_its_kind,
    a_lost_answer_may_hide_an_effect,
    calls_succeed_after_the_cause_of_a_failure_ends,
}

const CONFIG: &str = "my-endpoint-config";
const RESOURCE: &str = "endpoint/my-endpoint/variant/AllTraffic";

/// Every method of the ports, as (operation, resource of its failures).
const METHODS: [(&str, &str); 11] = [
    ("DescribeEndpoint", ENDPOINT),
    ("DescribeEndpointConfig", CONFIG),
    ("UpdateEndpointWeightsAndCapacities", RESOURCE),
    ("DescribeScalableTargets", RESOURCE),
    ("DescribeScalableTargets", "*"),
    ("DescribeScheduledActions", RESOURCE),
    ("DescribeScheduledActions", "*"),
    ("PutScheduledAction", RESOURCE),
    ("DeleteScheduledAction", RESOURCE),
    ("RegisterScalableTarget", RESOURCE),
    ("GetMetricData", ENDPOINT),
];

async fn call(aws: &impl Aws, (operation, resource): (&str, &str)) -> AwsResult<()> {
    let id = id();
    match (operation, resource) {
        ("DescribeEndpoint", _) => aws.endpoint(ENDPOINT).await.map(drop),
        ("DescribeEndpointConfig", _) => aws.models(CONFIG).await.map(drop),
        ("UpdateEndpointWeightsAndCapacities", _) => aws.set_capacity(&id, 1).await,
        ("DescribeScalableTargets", "*") => aws.targets().await.map(drop),
        ("DescribeScalableTargets", _) => aws.target(&id).await.map(drop),
        ("DescribeScheduledActions", "*") => aws.all_actions().await.map(drop),
        ("DescribeScheduledActions", _) => aws.actions(&id).await.map(drop),
        ("PutScheduledAction", _) => aws.put_record(&id, "lease", Record::floor(at(600))).await,
        ("DeleteScheduledAction", _) => aws.delete_action(&id, "lease").await,
        ("RegisterScalableTarget", _) => aws.set_min(&id, 0).await,
        ("GetMetricData", _) => aws.backlog(ENDPOINT, at(0), at(60)).await.map(drop),
        other => unreachable!("{other:?}"),
    }
}

async fn each_fault_has_its_kind_on_each_method(aws: &impl Face, sim: &Simulator) {
    let quota = Refusal::new("ResourceLimitExceeded", "The account-level service limit");
    let rows = [
        (Fault::Throttled, FailureKind::Throttled, "ThrottlingException: Rate exceeded"),
        (Fault::AccessDenied, FailureKind::AccessDenied, "is not authorized to perform"),
        (Fault::NoAnswer, FailureKind::NoAnswer, "no answer"),
        (Fault::ServerError, FailureKind::NoAnswer, "because of an unknown error"),
        (Fault::Concurrent, FailureKind::Concurrent, "ConcurrentUpdateException: Another"),
        (Fault::Busy, FailureKind::Busy, "ValidationException: Cannot update in-progress"),
        (Fault::Refused(quota), FailureKind::Quota, "ResourceLimitExceeded: The account-level"),
    ];
    for method in METHODS {
        for (fault, kind, words) in &rows {
            sim.with(|world| {
                world.faults.fail_between("*", fault.clone(), world.now(), at(3600));
            });
            let failure = call(aws, method).await.unwrap_err();
            assert_eq!(
                failure.kind,
                kind_of(aws, method, fault, *kind),
                "{method:?}, {fault:?}: {failure}"
            );
            assert_eq!((failure.operation, failure.resource.as_str()), method, "{fault:?}");
            let words = with_code_of(aws, method, words);
            assert!(failure.answer.contains(&words), "{method:?}, {fault:?}: {failure}");
            sim.with(|world| world.faults.clear());
        }
    }
}

/// The kind of a failure of this method. The text of a ValidationException tells some kinds apart, and CloudWatch has no
/// error of this name.
fn kind_of<A: Face>(_: &A, method: (&str, &str), fault: &Fault, kind: FailureKind) -> FailureKind {
    let code = "ValidationException";
    let is_validation = match fault {
        Fault::Busy => true,
        Fault::Refused(refusal) => refusal.code == code,
        _ => false,
    };
    let has_other_name = method.0 == "GetMetricData" && A::code_of_cloudwatch(code) != code;
    // The text of this one is enough, whatever the code is.
    let needs_code = kind != FailureKind::InsufficientCapacity;
    if is_validation && has_other_name && needs_code { FailureKind::Other } else { kind }
}

/// An answer `code: text`, with the code that this method has for it.
fn with_code_of<A: Face>(aws: &A, method: (&str, &str), answer: &str) -> String {
    match answer.split_once(": ") {
        Some((code, text)) if method.0 == "GetMetricData" => {
            format!("{}: {text}", code_of_cloudwatch(aws, code))
        }
        _ => answer.to_owned(),
    }
}

fn code_of_cloudwatch<'a, A: Face>(_: &A, code: &'a str) -> &'a str {
    A::code_of_cloudwatch(code)
}

/// An answer of this kind. Each kind has one: a new one does not compile without.
fn answer_of(kind: FailureKind) -> Fault {
    let refused = |code: &str, message: &str| Fault::Refused(Refusal::new(code, message));
    match kind {
        FailureKind::Busy => Fault::Busy,
        FailureKind::EndpointMissing => {
            refused("ValidationException", "Could not find endpoint \"my-endpoint\".")
        }
        FailureKind::EndpointConfigMissing => {
            let words = "Could not find endpoint configuration \"my-endpoint-config\".";
            refused("ValidationException", words)
        }
        FailureKind::NotRegistered => refused("ObjectNotFoundException", "No scalable target"),
        FailureKind::Concurrent => Fault::Concurrent,
        FailureKind::Quota => refused("ResourceLimitExceeded", "The account-level service limit"),
        FailureKind::InsufficientCapacity => {
            let words = "Unable to provision requested ML compute capacity due to \
                         InsufficientInstanceCapacity error. Please retry using a different ML \
                         instance type or after some time.";
            refused("ValidationException", words)
        }
        FailureKind::Throttled => Fault::Throttled,
        FailureKind::AccessDenied => Fault::AccessDenied,
        FailureKind::ExplicitDeny => refused(
            "AccessDeniedException",
            "User: u is not authorized to perform: a on resource: r with an explicit deny in a \
             service control policy",
        ),
        FailureKind::OtherPolicy => refused(
            "AccessDeniedException",
            "User: u is not authorized to perform: a because no permissions boundary allows the a \
             action",
        ),
        FailureKind::CredentialsExpired => refused(
            "ExpiredTokenException",
            "The security token included in the request is expired",
        ),
        FailureKind::CredentialsInvalid => refused(
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
        ),
        FailureKind::StoredMissing => refused("ParameterNotFound", ""),
        FailureKind::TableMissing => {
            refused("ResourceNotFoundException", "Requested resource not found")
        }
        FailureKind::WrongRegion => refused("PermanentRedirect", "Use another endpoint."),
        FailureKind::NoCredentials => unreachable!("AWS is not asked then"),
        FailureKind::NoAnswer => Fault::NoAnswer,
        FailureKind::Other => refused("ValidationException", "1 validation error detected"),
    }
}

// Three of them are not failures in some calls: a missing endpoint or configuration is `None`, and an action of an
// unregistered variant counts as deleted.
async fn each_kind_is_met_on_each_method(aws: &impl Face, sim: &Simulator) {
    use FailureKind::*;
    let kinds = [
        Busy,
        EndpointMissing,
        EndpointConfigMissing,
        NotRegistered,
        Concurrent,
        Quota,
        InsufficientCapacity,
        Throttled,
        AccessDenied,
        ExplicitDeny,
        OtherPolicy,
        CredentialsExpired,
        CredentialsInvalid,
        StoredMissing,
        TableMissing,
        WrongRegion,
        NoAnswer,
        Other,
    ];
    for method in METHODS {
        for kind in kinds {
            sim.with(|world| {
                world.faults.fail_between("*", answer_of(kind), world.now(), at(3600));
            });
            let result = call(aws, method).await;
            let no_failure = matches!(
                (method.0, kind),
                ("DescribeEndpoint", EndpointMissing)
                    | ("DescribeEndpointConfig", EndpointConfigMissing)
                    | ("DeleteScheduledAction", NotRegistered)
            );
            if no_failure {
                assert_eq!(result, Ok(()), "{method:?}, {kind:?}");
            } else {
                let kind = kind_of(aws, method, &answer_of(kind), kind);
                assert_eq!(result.unwrap_err().kind, kind, "{method:?}");
            }
            sim.with(|world| world.faults.clear());
        }
    }
}

// The codes of the services' common errors. SageMaker has few error codes of its own.
async fn each_code_has_its_kind(aws: &impl Face, sim: &Simulator) {
    use FailureKind::*;
    let rows = [
        ("ObjectNotFoundException", NotRegistered),
        ("ConcurrentUpdateException", Concurrent),
        ("ResourceLimitExceeded", Quota),
        ("ThrottlingException", Throttled),
        ("Throttling", Throttled),
        ("TooManyRequestsException", Throttled),
        ("RequestLimitExceeded", Throttled),
        ("AccessDeniedException", AccessDenied),
        ("AccessDenied", AccessDenied),
        ("UnrecognizedClientException", CredentialsInvalid),
        ("ExpiredTokenException", CredentialsExpired),
        ("InvalidSignatureException", CredentialsInvalid),
        ("InternalServiceException", NoAnswer),
        ("InternalFailure", NoAnswer),
        ("InternalServerError", NoAnswer),
        ("InternalServiceFault", NoAnswer),
        ("ServiceUnavailable", NoAnswer),
        ("ValidationException", Other),
        ("LimitExceededException", Other),
        ("InvalidNextTokenException", Other),
    ];
    for (code, kind) in rows {
        let fault = Fault::Refused(Refusal::new(code, "in its own words"));
        sim.with(|world| world.faults.fail_between("*", fault, world.now(), at(3600)));
        for (failure, code) in [
            (aws.set_capacity(&id(), 1).await.unwrap_err(), code),
            (aws.set_min(&id(), 0).await.unwrap_err(), code),
            (
                aws.backlog(ENDPOINT, at(0), at(60)).await.unwrap_err(),
                code_of_cloudwatch(aws, code),
            ),
        ] {
            assert_eq!(failure.kind, kind, "{code}: {failure}");
            let words = format!("{code}: in its own words");
            assert!(failure.answer.contains(&words), "{code}: {failure}");
        }
        sim.with(|world| world.faults.clear());
    }
}

async fn a_lost_answer_may_hide_an_effect(aws: &impl Aws, sim: &Simulator) {
    let during = |fault| {
        sim.with(|world| {
            world.faults.clear();
            world.faults.fail_between("*", fault, world.now(), at(3600));
        });
    };
    during(Fault::NoAnswer);
    assert_eq!(aws.set_capacity(&id(), 1).await.unwrap_err().kind, FailureKind::NoAnswer);
    assert_eq!(sim.with(|world| world.capacity(&id())), (0, 0));
    during(Fault::NoAnswerAfterEffect);
    assert_eq!(aws.set_capacity(&id(), 1).await.unwrap_err().kind, FailureKind::NoAnswer);
    assert_eq!(sim.with(|world| world.capacity(&id())), (0, 1));
}

async fn calls_succeed_after_the_cause_of_a_failure_ends(aws: &impl Aws, sim: &Simulator) {
    sim.with(|world| world.faults.fail_between("*", Fault::NoAnswer, at(0), at(60)));
    for method in METHODS {
        assert!(call(aws, method).await.is_err(), "{method:?}");
    }
    sim.advance_to(at(60));
    for method in METHODS {
        // A new capacity makes the endpoint busy, which does not affect these calls.
        assert_eq!(call(aws, method).await, Ok(()), "{method:?}");
    }
}
