//! The AWS clients.

use aws_config::SdkConfig;
use scalerctl_console::Failure;
use scalerctl_operator::account::{
    EndpointArg, args::AccountArgs, auto_scaling::AutoScaling, call_error::CallResult,
    caller::account_number, configuration, lambda::Lambda, sagemaker::SageMaker, sns::Sns,
};

use crate::calls::{
    backstops::Backstops, functions::Functions, notifications::Notifications,
    subscriptions::Subscriptions, tags::Tags, targets::Targets,
};

/// The AWS clients.
#[derive(Debug)]
pub struct Clients {
    /// The AWS Region.
    pub region: String,
    /// Endpoints and their configurations.
    pub sagemaker: SageMaker,
    /// Scalable targets, policies and scheduled actions.
    pub scaling: AutoScaling,
    /// Functions.
    pub lambda: Lambda,
    /// Topics.
    pub sns: Sns,
    /// The tag of endpoints.
    pub tags: Tags,
    /// Registrations.
    pub targets: Targets,
    /// Backstop alarms.
    pub backstops: Backstops,
    /// Subscriptions of the function.
    pub subscriptions: Subscriptions,
    /// Who may invoke the function.
    pub functions: Functions,
    /// The shared configuration.
    pub config: SdkConfig,
}

impl Clients {
    /// Creates the clients in the region of `--region`, or of the ARNs.
    ///
    /// # Errors
    ///
    /// See [`configuration`].
    pub async fn open(
        account: &AccountArgs,
        endpoints: &[&EndpointArg],
        function: Option<&str>,
    ) -> Result<Self, Failure> {
        let config = configuration(account, endpoints, function).await?;
        Ok(Self {
            region: config.region().map(ToString::to_string).unwrap_or_default(),
            sagemaker: SageMaker::new(&config),
            scaling: AutoScaling::new(&config),
            lambda: Lambda::new(&config),
            sns: Sns::new(&config),
            tags: Tags::new(&config),
            targets: Targets::new(&config),
            backstops: Backstops::new(&config),
            subscriptions: Subscriptions::new(&config),
            functions: Functions::new(&config),
            config,
        })
    }

    /// The buckets of the account.
    ///
    /// # Errors
    ///
    /// If the account's number cannot be read.
    pub async fn notifications(&self) -> CallResult<Notifications> {
        let account = account_number(&self.config).await?;
        Ok(Notifications::new(&self.config, account))
    }
}
