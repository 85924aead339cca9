//! Reads a listing page by page.

use crate::port::{AwsFailure, FailureKind};

/// The position in a listing. If a server returns the token of the request again, the listing ends. Otherwise
/// it would never end.
#[derive(Debug, Default)]
pub(super) struct Pages {
    token: Option<String>,
}

impl Pages {
    /// `NextToken` of the request to make.
    pub(super) fn token(&self) -> Option<String> {
        self.token.clone()
    }

    /// Stores the answer's `NextToken`. Returns whether there is another page.
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
                no_answer: None,
                answer: "AWS answered the NextToken again that it was given".into(),
            });
        }
        self.token = next.map(str::to_owned);
        Ok(next.is_some())
    }
}
