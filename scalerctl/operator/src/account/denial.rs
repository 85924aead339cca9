//! Which policy denied a call, as AWS's answer says it, and who can change it.
//!
//! The texts are those of the IAM User Guide, "Troubleshoot access denied error messages": "with an explicit deny in a
//! TYPE policy", and "because no TYPE policy allows the ACTION action".

use scalerctl_console::{advice::Advice, shell_quoting::quoted, suggested::Suggested};

/// The types of policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PolicyType {
    ServiceControl,
    ResourceControl,
    PermissionsBoundary,
    Session,
    VpcEndpoint,
    ResourceBased,
    IdentityBased,
}

/// The names in AWS's texts, without a capital letter.
const TYPES: [(&str, PolicyType); 8] = [
    ("service control policy", PolicyType::ServiceControl),
    ("resource control policy", PolicyType::ResourceControl),
    ("permissions boundary", PolicyType::PermissionsBoundary),
    ("session policy", PolicyType::Session),
    ("sessions policy", PolicyType::Session),
    ("vpc endpoint policy", PolicyType::VpcEndpoint),
    ("resource-based policy", PolicyType::ResourceBased),
    ("identity-based policy", PolicyType::IdentityBased),
];

/// A denial by a policy whose type AWS names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Denial<'a> {
    policy: PolicyType,
    /// The policy has a Deny. Otherwise, it has no Allow.
    explicit: bool,
    /// The policy's ARN, if AWS names it.
    arn: Option<&'a str>,
    caller: Option<Caller<'a>>,
}

/// Whose credentials these are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Caller<'a> {
    Role(&'a str),
    User(&'a str),
}

impl<'a> Denial<'a> {
    /// Reads AWS's answer. `None` if it names no type of policy.
    pub fn of(answer: &'a str) -> Option<Self> {
        let (explicit, rest) = match answer.split_once("an explicit deny in a") {
            Some((_, rest)) => (true, rest.strip_prefix('n').unwrap_or(rest)),
            None => (false, answer.split_once("because no")?.1),
        };
        let rest = rest.trim_start();
        let lower = rest.to_ascii_lowercase();
        let (name, policy) = TYPES.iter().find(|(name, _)| lower.starts_with(name))?;
        let arn = rest.get(name.len()..).and_then(|it| it.strip_prefix(": "));
        let arn = arn.and_then(|it| it.split_whitespace().next());
        Some(Self { policy: *policy, explicit, arn, caller: Caller::of(answer) })
    }

    /// Who can change it, for a call that this action on this resource allows.
    pub fn advice(&self, action: &str, on: &str) -> Advice {
        let arn = self.arn.map(|arn| format!(" {arn}")).unwrap_or_default();
        let caller = self.caller.map_or_else(|| "your credentials".to_owned(), Caller::text);
        let change = if self.explicit { "remove the Deny of" } else { "allow" };
        match self.policy {
            PolicyType::ServiceControl => {
                self.ask_the_organization(action, "service control policy", &arn)
            }
            PolicyType::ResourceControl => {
                self.ask_the_organization(action, "resource control policy", &arn)
            }
            PolicyType::PermissionsBoundary => {
                let what = format!(
                    "{change} {action} in the permissions boundary{arn} of {caller}: it limits all other policies, so \
                     granting more does not help"
                );
                match self.caller {
                    Some(caller) => Advice::with(format!("{what}; to show it:"), caller.boundary()),
                    None => what.into(),
                }
            }
            PolicyType::Session => Advice::with(
                format!(
                    "use credentials whose session policy{arn} allows {action}: a session policy is given when the \
                     credentials are issued, and cannot be changed; to see whose they are:"
                ),
                Suggested::aws("sts get-caller-identity"),
            ),
            PolicyType::VpcEndpoint => Advice::with(
                format!(
                    "{change} {action} in the policy{arn} of the VPC endpoint that this network's calls go through; to \
                     list the VPC endpoints:"
                ),
                Suggested::aws(
                    "ec2 describe-vpc-endpoints --query 'VpcEndpoints[].[VpcEndpointId,ServiceName]'",
                ),
            ),
            PolicyType::ResourceBased => {
                format!("{change} {action} in the policy{arn} of {on}: its owner can").into()
            }
            PolicyType::IdentityBased => {
                let change = match self.explicit {
                    true => format!("remove the Deny of {action} on {on}"),
                    false => format!("allow your own credentials {action} on {on}"),
                };
                let what = format!("{change} in the policies{arn} of {caller}");
                match self.caller {
                    Some(caller) => {
                        Advice::with(format!("{what}; to list them:"), caller.policies())
                    }
                    None => what.into(),
                }
            }
        }
    }

    fn ask_the_organization(&self, action: &str, policy: &str, arn: &str) -> Advice {
        let why = if self.explicit { "its Deny overrules" } else { "it limits" };
        Advice::with(
            format!(
                "ask the organization's administrators to allow {action} for this account in the {policy}{arn}: {why} what \
                 your credentials are granted, and nobody in the account can change it; to see whom to ask:"
            ),
            Suggested::aws(
                "organizations describe-organization --query Organization.MasterAccountEmail",
            ),
        )
    }
}

impl<'a> Caller<'a> {
    /// From `User: ARN is not authorized to perform`.
    fn of(answer: &'a str) -> Option<Self> {
        let arn = answer.split_once("User: ")?.1.split_whitespace().next()?;
        let resource = arn.splitn(6, ':').nth(5)?;
        match resource.split_once('/')? {
            ("assumed-role", rest) => Some(Self::Role(rest.split('/').next()?)),
            // The name is after the path.
            ("user", rest) => Some(Self::User(rest.rsplit('/').next()?)),
            _ => None,
        }
    }

    fn text(self) -> String {
        match self {
            Self::Role(name) => format!("the role {name}"),
            Self::User(name) => format!("the user {name}"),
        }
    }

    fn boundary(self) -> Suggested {
        Suggested::aws(match self {
            Self::Role(name) => {
                format!(
                    "iam get-role --role-name {} --query Role.PermissionsBoundary",
                    quoted(name)
                )
            }
            Self::User(name) => {
                format!(
                    "iam get-user --user-name {} --query User.PermissionsBoundary",
                    quoted(name)
                )
            }
        })
    }

    fn policies(self) -> Suggested {
        Suggested::aws(match self {
            Self::Role(name) => {
                format!("iam list-attached-role-policies --role-name {}", quoted(name))
            }
            Self::User(name) => {
                format!("iam list-attached-user-policies --user-name {}", quoted(name))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advice(user: &str, why: &str) -> Option<String> {
        let answer = format!(
            "AWS answered AccessDenied: User: {user} is not authorized to perform: a:B on resource: c {why}"
        );
        Denial::of(&answer).map(|denial| denial.advice("a:B", "c").to_string())
    }

    const ROLE: &str = "arn:aws:sts::123456789012:assumed-role/me/session";
    const USER: &str = "arn:aws:iam::123456789012:user/team/ann";

    #[test]
    fn each_type_of_policy_has_somebody_who_can_change_it() {
        for (user, why, parts) in [
            (
                ROLE,
                "with an explicit deny in a service control policy",
                ["ask the organization's administrators to allow a:B", "describe-organization"],
            ),
            (
                ROLE,
                "due to an explicit deny in a Service Control Policy",
                ["its Deny overrules", "describe-organization"],
            ),
            (
                ROLE,
                "with an explicit deny in a service control policy: arn:aws:organizations::1:policy/p",
                ["policy arn:aws:organizations::1:policy/p: its Deny", "nobody in the account"],
            ),
            (
                ROLE,
                "because no service control policy allows the a:B action",
                ["ask the organization's administrators", "it limits"],
            ),
            (
                ROLE,
                "with an explicit deny in a resource control policy",
                ["ask the organization's administrators", "resource control policy"],
            ),
            (
                ROLE,
                "because no permissions boundary allows the a:B action",
                [
                    "allow a:B in the permissions boundary of the role me",
                    "`aws iam get-role --role-name me --query Role.PermissionsBoundary`",
                ],
            ),
            (
                USER,
                "with an explicit deny in a permissions boundary",
                [
                    "remove the Deny of a:B in the permissions boundary of the user ann",
                    "get-user --user-name ann",
                ],
            ),
            (
                ROLE,
                "because no session policy allows the a:B action",
                ["use credentials whose session policy allows a:B", "get-caller-identity"],
            ),
            (
                ROLE,
                "with an explicit deny in a VPC endpoint policy",
                [
                    "remove the Deny of a:B in the policy of the VPC endpoint",
                    "describe-vpc-endpoints",
                ],
            ),
            (
                ROLE,
                "because no resource-based policy allows the a:B action",
                ["allow a:B in the policy of c", "its owner"],
            ),
            (
                ROLE,
                "with an explicit deny in an identity-based policy: arn:aws:iam::1:policy/guard",
                [
                    "in the policies arn:aws:iam::1:policy/guard of the role me",
                    "list-attached-role-policies --role-name me",
                ],
            ),
            (
                USER,
                "with an explicit deny in an identity-based policy",
                [
                    "remove the Deny of a:B on c in the policies of the user ann",
                    "list-attached-user-policies --user-name ann",
                ],
            ),
        ] {
            let text = advice(user, why).unwrap_or_default();
            assert!(parts.iter().all(|part| text.contains(part)), "{why}: {text}");
        }
        let missing = advice(ROLE, "because no identity-based policy allows the a:B action");
        let wanted = "allow your own credentials a:B on c in the policies of the role me; to list them: `aws iam ";
        assert!(missing.is_some_and(|it| it.starts_with(wanted)));
        assert_eq!(advice(ROLE, ""), None);
        assert_eq!(advice(ROLE, "with an explicit deny in a new kind of policy"), None);
    }
}
