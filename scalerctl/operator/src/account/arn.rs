//! The parts of an ARN.

/// `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arn<'a> {
    /// `aws`, `aws-cn`, ...
    pub partition: &'a str,
    /// `lambda`, `sagemaker`, ...
    pub service: &'a str,
    /// The region.
    pub region: &'a str,
    /// The account.
    pub account: &'a str,
    /// The rest: `function:NAME`, `endpoint/NAME`, ...
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Stands for an ARN that is not known: the usual partition, and no more.
    pub const UNKNOWN: Self =
        Self { partition: "aws", service: "", region: "", account: "", resource: "" };

    /// Reads an ARN that has a region and an account; `None` for a name.
    pub fn of(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let mut part = || parts.next();
        let (
            Some("arn"),
            Some(partition),
            Some(service),
            Some(region),
            Some(account),
            Some(resource),
        ) = (part(), part(), part(), part(), part(), part())
        else {
            return None;
        };
        let complete = ![partition, region, account].contains(&"");
        complete.then_some(Self { partition, service, region, account, resource })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_arn() {
        let arn = Arn::of("arn:aws-cn:lambda:cn-north-1:123456789012:function:scaler:live");
        let wanted = Arn {
            partition: "aws-cn",
            service: "lambda",
            region: "cn-north-1",
            account: "123456789012",
            resource: "function:scaler:live",
        };
        assert_eq!(arn, Some(wanted));
        assert_eq!(Arn::of("my-scaler"), None);
        assert_eq!(Arn::of("arn:aws:iam::123456789012:role/scaler"), None);
    }
}
