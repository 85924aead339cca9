//! Following a listing from page to page.

use crate::port::{AwsFailure, FailureKind};

/// Where a listing goes on. A server that gives the token again that it was just given would be
/// read until memory or time is up.
#[derive(Debug, Default)]
pub(super) struct Pages {
    token: Option<String>,
}

impl Pages {
    /// `NextToken` of the request to make.
    pub(super) fn token(&self) -> Option<String> {
        self.token.clone()
    }

    /// Takes the answer's `NextToken`; whether there is one more page.
    pub(super) fn go_on(
        &mut self,
        next: Option<&str>,
        operation: &'static str,
        resource: &str,
    ) -> Result<bool, AwsFailure> {
        if next.is_some() && next == self.token.as_deref() {
            return Err(AwsFailure {
                operation,
                resource: resource.to_owned(),
                kind: FailureKind::Other,
                answer: "AWS answered the NextToken again that it was given".into(),
            });
        }
        self.token = next.map(str::to_owned);
        Ok(next.is_some())
    }
}
