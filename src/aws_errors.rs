//! The error answers of AWS: one table of codes and texts for the function, `scalerctl` and the simulator.
//!
//! SageMaker has few error types, so a `ValidationException` is identified by its text. So are the reasons of
//! a denial by IAM. The whole text is compared, with `*` for variable parts, so that a different text that
//! contains the same words does not match.

use wildmatch::WildMatch;

use crate::port::FailureKind::{self, *};

/// An error answer of AWS and its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message {
    /// The error codes. Empty: the text can have any code, or none as a `FailureReason` or `StatusMessage`.
    pub codes: &'static [&'static str],
    /// The texts, with `*` for variable parts. Empty: any text.
    pub texts: &'static [&'static str],
    /// What it means; [`FailureKind::advice`] and [`FailureKind::advice_to_person`] say what to do.
    pub kind: FailureKind,
    /// The source: documentation or a report.
    pub source: &'static str,
}

const DENIED: &[&str] =
    &["AccessDeniedException", "AccessDenied", "NotAuthorized", "AuthorizationError"];
const IAM_GUIDE: &str = "IAM User Guide, \"Troubleshoot access denied error messages\"";

/// The table. The first matching entry is used.
pub const MESSAGES: &[Message] = &[
    Message {
        codes: &["ValidationException"],
        texts: &[
            "Cannot update in-progress endpoint \"*\"",
            "Cannot update in-progress endpoint \"*\".",
        ],
        kind: Busy,
        source: "SageMaker, not documented: reported in public issues",
    },
    Message {
        codes: &["ValidationException"],
        // moto uses other quotation marks for the name.
        texts: &[
            "Could not find endpoint \"*\"",
            "Could not find endpoint \"*\".",
            "Could not find endpoint '*'.",
        ],
        kind: EndpointMissing,
        source: "SageMaker, not documented: reported in public issues",
    },
    Message {
        codes: &["ValidationException"],
        // moto, as above.
        texts: &[
            "Could not find endpoint configuration \"*\"",
            "Could not find endpoint configuration \"*\".",
            "Could not find endpoint configuration '*'.",
        ],
        kind: EndpointConfigMissing,
        source: "SageMaker, not documented: reported in public issues",
    },
    Message {
        codes: &["ObjectNotFoundException"],
        texts: &[],
        kind: NotRegistered,
        source: "Application Auto Scaling API Reference, RegisterScalableTarget",
    },
    Message {
        codes: &["ConcurrentUpdateException"],
        texts: &[],
        kind: Concurrent,
        source: "Application Auto Scaling API Reference, PutScheduledAction",
    },
    Message {
        codes: &["ResourceLimitExceeded"],
        texts: &[],
        kind: Quota,
        source: "SageMaker API Reference, UpdateEndpointWeightsAndCapacities",
    },
    Message {
        codes: &[
            "ThrottlingException",
            "Throttling",
            "ThrottledException",
            "RequestThrottled",
            "RequestThrottledException",
            "TooManyRequestsException",
            "RequestLimitExceeded",
            "ProvisionedThroughputExceededException",
            "SlowDown",
        ],
        texts: &[],
        kind: Throttled,
        source: "the codes that the AWS SDKs take for throttling",
    },
    Message {
        codes: DENIED,
        texts: &[
            "*is not authorized to perform: * with an explicit deny in *",
            "*is not authorized to perform: * due to an explicit deny in *",
        ],
        kind: ExplicitDeny,
        source: IAM_GUIDE,
    },
    Message {
        codes: DENIED,
        texts: &[
            "*is not authorized to perform: * because no service control policy allows the * action*",
            "*is not authorized to perform: * because no resource control policy allows the * action*",
            "*is not authorized to perform: * because no permissions boundary allows the * action*",
            "*is not authorized to perform: * because no session policy allows the * action*",
            "*is not authorized to perform: * because no VPC endpoint policy allows the * action*",
            "*is not authorized to perform: * because no resource-based policy allows the * action*",
        ],
        kind: OtherPolicy,
        source: IAM_GUIDE,
    },
    Message { codes: DENIED, texts: &[], kind: AccessDenied, source: IAM_GUIDE },
    Message {
        codes: &["ExpiredTokenException", "ExpiredToken", "RequestExpired", "TokenRefreshRequired"],
        texts: &[],
        kind: CredentialsExpired,
        source: "IAM User Guide and S3 API Reference, common errors",
    },
    Message {
        codes: &[
            "UnrecognizedClientException",
            "InvalidClientTokenId",
            "InvalidAccessKeyId",
            "InvalidSignatureException",
            "SignatureDoesNotMatch",
            "IncompleteSignature",
            "IncompleteSignatureException",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
            "InvalidToken",
            "RequestTimeTooSkewed",
        ],
        texts: &[],
        kind: CredentialsInvalid,
        source: "SageMaker API Reference and S3 API Reference, common errors",
    },
    Message {
        codes: &["NoSuchBucket", "NoSuchKey", "ParameterNotFound", "ParameterVersionNotFound"],
        texts: &[],
        kind: StoredMissing,
        source: "S3 API Reference, \"Error responses\"; Systems Manager API Reference, GetParameter",
    },
    Message {
        codes: &["ResourceNotFoundException"],
        // The second text is that of DynamoDB local and of other servers.
        texts: &["Requested resource not found*", "Cannot do operations on a non-existent table"],
        kind: TableMissing,
        source: "DynamoDB Developer Guide, \"Error handling with DynamoDB\"",
    },
    Message {
        codes: &[
            "PermanentRedirect",
            "AuthorizationHeaderMalformed",
            "IllegalLocationConstraintException",
        ],
        texts: &[],
        kind: WrongRegion,
        source: "S3 API Reference, \"Error responses\"",
    },
    Message {
        codes: &[
            "InternalServiceException",
            "InternalFailure",
            "InternalServerError",
            "InternalServiceFault",
            "InternalError",
            "ServiceUnavailable",
            "ServiceUnavailableException",
        ],
        texts: &[],
        kind: NoAnswer,
        source: "the services' API References, common errors",
    },
    // A scaling activity adds text around these two. The sentences after the one that says what failed differ.
    Message {
        codes: &[],
        texts: &[
            "*The account-level service limit '*' is * Instances, with current utilization of * \
             Instances and a request delta of * Instances.*",
        ],
        kind: Quota,
        source: "SageMaker AI Developer Guide, \"Check the status of a scaling activity by describing \
                 scaling activities\", and public issues, with different endings",
    },
    Message {
        codes: &[],
        texts: &[
            "*Unable to provision requested ML compute capacity due to \
             InsufficientInstanceCapacity error.*",
            "*Unable to provision requested ML compute capacity. Please retry using a different ML \
             instance type.*",
        ],
        kind: InsufficientCapacity,
        source: "reported in public issues, with different endings",
    },
];

impl Message {
    fn fits(&self, code: Option<&str>, text: &str) -> bool {
        let has_code = self.codes.is_empty() || code.is_some_and(|it| self.codes.contains(&it));
        has_code && (self.texts.is_empty() || self.texts.iter().any(|it| is_of(it, text)))
    }
}

/// Whether a text matches this pattern. A variable part in quotation marks contains no quotation marks.
fn is_of(pattern: &str, text: &str) -> bool {
    let quotes = |text: &str| text.matches('"').count();
    WildMatch::new(pattern).matches(text)
        && (quotes(pattern) == 0 || quotes(pattern) == quotes(text))
}

/// The kind of an error answer, from its code, its message, and whether its HTTP status is 5xx.
pub fn kind_of(code: &str, message: &str, server_error: bool) -> FailureKind {
    match MESSAGES.iter().find(|it| it.fits(Some(code), message)) {
        Some(found) => found.kind,
        // A 5xx answer of a gateway has other codes, or none.
        None if server_error => NoAnswer,
        None => Other,
    }
}

/// The kind of a text without a code: the `FailureReason` of an endpoint or the `StatusMessage` of a scaling
/// activity.
pub fn kind_of_reason(text: &str) -> FailureKind {
    MESSAGES
        .iter()
        .find(|it| it.codes.is_empty() && it.fits(None, text))
        .map_or(Other, |it| it.kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/e";

    fn denied(why: &str) -> FailureKind {
        let text = format!(
            "User: arn:aws:sts::123456789012:assumed-role/scaler/scaler is not authorized to \
             perform: sagemaker:UpdateEndpointWeightsAndCapacities on resource: {ARN} {why}"
        );
        kind_of("AccessDeniedException", &text, false)
    }

    #[test]
    fn a_validation_exception_is_identified_by_its_whole_text() {
        let kind = |text: &str| kind_of("ValidationException", text, false);
        let rows = [
            (Busy, "Cannot update in-progress endpoint"),
            (EndpointMissing, "Could not find endpoint"),
            (EndpointConfigMissing, "Could not find endpoint configuration"),
        ];
        for (expected, words) in rows {
            for named in [ARN, "e"] {
                assert_eq!(kind(&format!("{words} \"{named}\".")), expected);
                assert_eq!(kind(&format!("{words} \"{named}\"")), expected);
            }
            for foreign in [
                format!("Model \"m\" is in use: {words} \"{ARN}\"."),
                format!("{words} \"{ARN}\". Model \"m\" is in use."),
                format!("{words} \"{ARN}\" of model \"m\"."),
                // These texts have as many quotation marks as the pattern.
                format!("The model is in use: {words} \"{ARN}\"."),
                format!("{words} \"{ARN}\". The model is in use."),
                format!("{words}s that model \"m\" serves."),
                words.to_owned(),
                words.to_lowercase(),
            ] {
                assert_eq!(kind(&foreign), Other, "{foreign}");
            }
            // The same text with another code does not match.
            assert_eq!(kind_of("ThrottlingException", words, false), Throttled);
            assert_eq!(kind_of("ResourceInUse", &format!("{words} \"{ARN}\"."), false), Other);
        }
        assert_eq!(kind("1 validation error detected"), Other);
    }

    #[test]
    fn a_5xx_answer_counts_as_no_answer() {
        assert_eq!(kind_of("BadGateway", "", true), NoAnswer);
        assert_eq!(kind_of("BadGateway", "", false), Other);
        assert_eq!(kind_of("SlowDown", "Please reduce your request rate.", true), Throttled);
    }

    // The examples of the IAM User Guide, and the wording for SCPs in its note.
    #[test]
    fn the_type_of_policy_decides_the_kind_of_a_denial() {
        for policy in [
            "a service control policy",
            "a resource control policy",
            "a VPC endpoint policy",
            "a permissions boundary",
            "a session policy",
            "a sessions policy",
            "a resource-based policy",
            "an identity-based policy",
            "an identity-based policy: arn:aws:iam::123456789012:policy/guard",
            "a VPC endpoint policy transitively through a service control policy",
        ] {
            assert_eq!(
                denied(&format!("with an explicit deny in {policy}")),
                ExplicitDeny,
                "{policy}"
            );
        }
        assert_eq!(denied("due to an explicit deny in a Service Control Policy"), ExplicitDeny);
        for policy in [
            "service control policy",
            "resource control policy",
            "permissions boundary",
            "session policy",
            "VPC endpoint policy",
            "resource-based policy",
        ] {
            let why = format!("because no {policy} allows the sagemaker:DescribeEndpoint action");
            assert_eq!(denied(&why), OtherPolicy, "{policy}");
        }
        let why = "because no identity-based policy allows the sagemaker:DescribeEndpoint action";
        assert_eq!(denied(why), AccessDenied);
        assert_eq!(denied(""), AccessDenied);
        assert_eq!(kind_of("AccessDenied", "Access Denied", false), AccessDenied);
    }

    #[test]
    fn invalid_credentials_are_not_a_missing_permission() {
        let expired = "The security token included in the request is expired";
        assert_eq!(kind_of("ExpiredTokenException", expired, false), CredentialsExpired);
        let invalid = "The security token included in the request is invalid.";
        assert_eq!(kind_of("UnrecognizedClientException", invalid, false), CredentialsInvalid);
    }

    #[test]
    fn a_text_without_a_code_has_a_kind() {
        let limit = "The account-level service limit 'ml.g5.xlarge for endpoint usage' is 0 \
                     Instances, with current utilization of 0 Instances and a request delta of 1 \
                     Instances.";
        for ending in [
            "",
            "Please contact AWS support to request an increase for this limit.",
            "Please use AWS Service Quotas to request an increase for this quota. If AWS Service \
             Quotas is not available, contact AWS support to request an increase for this quota.",
        ] {
            let reason = format!("{limit} {ending}");
            assert_eq!(kind_of_reason(&reason), Quota, "{ending}");
            let activity = format!("Failed to set desired instance count to 1. Reason: {reason}");
            assert_eq!(kind_of_reason(&activity), Quota, "{ending}");
            assert_eq!(kind_of("ResourceLimitExceeded", &reason, false), Quota, "{ending}");
        }
        let half =
            "The account-level service limit 'ml.g5.xlarge for endpoint usage' is 0 Instances";
        assert_eq!(kind_of_reason(half), Other, "half of the sentence");
        let capacity = "Unable to provision requested ML compute capacity due to \
                        InsufficientInstanceCapacity error. Please retry using a different ML \
                        instance type or after some time.";
        let pools = "Consider configuring InstancePools in your EndpointConfig.";
        for text in [
            capacity,
            &format!("{capacity} {pools}"),
            capacity.trim_end_matches(" or after some time."),
        ] {
            assert_eq!(kind_of_reason(text), InsufficientCapacity, "{text}");
        }
        assert_eq!(kind_of_reason("The model uses InsufficientInstanceCapacity as a name"), Other);
        assert_eq!(kind_of_reason("Could not find endpoint \"e\"."), Other);
    }

    #[test]
    fn no_entry_is_hidden_by_an_earlier_one() {
        for (place, message) in MESSAGES.iter().enumerate() {
            assert!(!message.source.is_empty());
            let filled = |text: &&str| text.replace('*', "x");
            let texts =
                message.texts.iter().map(filled).chain(message.texts.is_empty().then(String::new));
            for text in texts {
                let codes = message.codes.iter().copied().map(Some);
                for code in codes.chain(message.codes.is_empty().then_some(None)) {
                    let found = MESSAGES.iter().position(|it| it.fits(code, &text));
                    assert_eq!(found, Some(place), "{code:?} {text}");
                }
            }
        }
    }
}
