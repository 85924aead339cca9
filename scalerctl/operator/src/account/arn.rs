//! Partition, region and account of an ARN.

/// `arn:PARTITION:SERVICE:REGION:ACCOUNT:...`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arn<'a> {
    /// `aws`, `aws-cn`, ...
    pub partition: &'a str,
    /// The region.
    pub region: &'a str,
    /// The account.
    pub account: &'a str,
}

impl<'a> Arn<'a> {
    /// Reads an ARN that has a region and an account; `None` for a name.
    pub fn of(text: &'a str) -> Option<Self> {
        let mut parts = text.split(':');
        let (Some("arn"), Some(partition), Some(_service), Some(region), Some(account), Some(_)) =
            (parts.next(), parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return None;
        };
        let complete = ![partition, region, account].contains(&"");
        complete.then_some(Self { partition, region, account })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_arn() {
        let arn = Arn::of("arn:aws-cn:lambda:cn-north-1:123456789012:function:scaler:live");
        let wanted = Arn { partition: "aws-cn", region: "cn-north-1", account: "123456789012" };
        assert_eq!(arn, Some(wanted));
        assert_eq!(Arn::of("my-scaler"), None);
        assert_eq!(Arn::of("arn:aws:iam::123456789012:role/scaler"), None);
    }
}
