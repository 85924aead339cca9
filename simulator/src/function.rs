//! Lambda functions of the account, as the Lambda API describes them. The model never invokes them.

use std::collections::BTreeMap;

/// A Lambda function of the world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LambdaFunction {
    /// `FunctionName`.
    pub name: String,
    /// `Environment.Variables`.
    pub variables: BTreeMap<String, String>,
    /// `State`, for example `Active`.
    pub state: String,
    /// `LastUpdateStatus`, for example `Successful`.
    pub last_update: String,
    /// The ARN of the destination for events that failed (`DestinationConfig.OnFailure`).
    pub on_failure: Option<String>,
    /// The ARNs of the queues that it reads.
    pub queues: Vec<String>,
    /// Aliases of `$LATEST`.
    pub aliases: Vec<String>,
    /// The variables of its versions, by number or alias.
    pub versions: BTreeMap<String, BTreeMap<String, String>>,
}

impl LambdaFunction {
    /// An active function with these variables, and with the alias `tick`.
    pub fn new<N: Into<String>, V: Into<String>>(
        name: impl Into<String>,
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let variables = variables.into_iter().map(|(name, value)| (name.into(), value.into()));
        Self {
            name: name.into(),
            variables: variables.collect(),
            state: "Active".into(),
            last_update: "Successful".into(),
            on_failure: None,
            queues: Vec::new(),
            // The template's.
            aliases: vec!["tick".into()],
            versions: BTreeMap::new(),
        }
    }
}
