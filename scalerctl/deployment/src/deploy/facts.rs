//! What deploy looks at in the account before it proposes anything.

use scalerctl_console::{Failure, progress::Progress};
use scalerctl_operator::account::{CallError, caller::account_number};

use super::args::DeployArgs;
use crate::{
    calls::notifications::Notifications,
    clients::Clients,
    preflight::facts::Facts as EndpointFacts,
    stacks::{self, Deployed},
};

/// What was read.
#[derive(Debug)]
pub struct Facts {
    /// The account's number.
    pub account: String,
    /// The AWS Region.
    pub region: String,
    /// The functions and their stacks.
    pub deployed: Vec<Deployed>,
    /// The endpoint that the user named. `None` if the user named none, or it does not exist.
    pub endpoint: Option<EndpointFacts>,
    /// Whether the default bucket of the SageMaker SDK exists in the account.
    pub has_sdk_bucket: bool,
    /// Whether the function of the stack that is deployed only observes now.
    pub observes: bool,
}

impl Facts {
    /// Reads everything.
    ///
    /// # Errors
    ///
    /// [`Failure::NoAccess`] if a call fails that the plan needs, or the notifications of a new stack's bucket cannot be
    /// read. Otherwise, this would fail only after the stack was created.
    pub async fn read(
        clients: &Clients,
        arguments: &DeployArgs,
        progress: &Progress,
    ) -> Result<Self, Failure> {
        let no_access = |error: CallError| Failure::NoAccess(error.with_advice());
        progress.step("STS: the account");
        let account = account_number(&clients.config).await.map_err(no_access)?;
        progress.step("Lambda: functions and their stacks");
        let deployed = stacks::all(clients).await.map_err(no_access)?;
        let endpoint = match &arguments.endpoint {
            Some(endpoint) => EndpointFacts::read(clients, &endpoint.name, progress).await?,
            None => None,
        };
        progress.step("S3: the default bucket of the SageMaker SDK");
        let region = clients.region.clone();
        let notifications = Notifications::new(&clients.config, account.clone());
        let has_sdk_bucket = notifications.read(&sdk_bucket(&region, &account)).await.is_ok();
        let existing = deployed.iter().find(|it| it.stack.as_deref() == Some(&*arguments.stack));
        let observes = match existing {
            Some(existing) => {
                let function = clients.lambda.function(&existing.function).await;
                function.map_err(no_access)?.mode.as_deref() == Some("observe")
            }
            None => false,
        };
        let stack_creates_it =
            existing.is_some() || arguments.value("UploadTrigger") == Some("Notification");
        let bucket = arguments.bucket.as_deref().or(arguments.value("InputBucket"));
        if let Some(bucket) = bucket.filter(|_| !stack_creates_it) {
            progress.step("S3: the bucket's notifications");
            notifications.read(bucket).await.map_err(no_access)?;
        }
        Ok(Self { account, region, deployed, endpoint, has_sdk_bucket, observes })
    }

    /// The function of a stack.
    pub fn of_stack(&self, stack: &str) -> Option<&Deployed> {
        self.deployed.iter().find(|it| it.stack.as_deref() == Some(stack))
    }

    /// The default bucket of the SageMaker SDK.
    pub fn sdk_bucket(&self) -> String {
        sdk_bucket(&self.region, &self.account)
    }
}

fn sdk_bucket(region: &str, account: &str) -> String {
    format!("sagemaker-{region}-{account}")
}
