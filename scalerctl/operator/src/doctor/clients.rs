//! The AWS clients of doctor.

use aws_config::SdkConfig;
use reactive_scaler::aws::SdkAws;

use crate::{
    account::{
        alarms::Alarms,
        auto_scaling::AutoScaling,
        configuration,
        decision_log::DecisionLog,
        event_bridge::EventBridge,
        function_search::{NamedFunction, named, named_anywhere},
        lambda::Lambda,
        metrics::Metrics,
        name_or_pattern::given,
        s3::S3,
        sagemaker::SageMaker,
        scheduler::Scheduler,
        sns::Sns,
    },
    doctor::args::DoctorArgs,
};
use scalerctl_console::Failure;

/// The AWS clients of doctor.
#[derive(Debug)]
pub struct Account {
    /// The AWS Region.
    pub region: String,
    /// The function that the user named.
    pub named: Option<NamedFunction>,
    /// Amazon SageMaker.
    pub sagemaker: SageMaker,
    /// Application Auto Scaling.
    pub scaling: AutoScaling,
    /// CloudWatch alarms.
    pub alarms: Alarms,
    /// CloudWatch metrics.
    pub metrics: Metrics,
    /// AWS Lambda.
    pub lambda: Lambda,
    /// The function's log, in CloudWatch Logs.
    pub log: DecisionLog,
    /// Amazon S3.
    pub s3: S3,
    /// Amazon EventBridge Scheduler.
    pub scheduler: Scheduler,
    /// Amazon EventBridge.
    pub event_bridge: EventBridge,
    /// Amazon SNS.
    pub sns: Sns,
    config: SdkConfig,
}

impl Account {
    /// Creates the clients in the region of `--region`, or of the ARNs.
    ///
    /// # Errors
    ///
    /// See [`configuration`].
    pub async fn open(arguments: &DoctorArgs) -> Result<Self, Failure> {
        let DoctorArgs { account, endpoints, function, .. } = arguments;
        let endpoints = given(endpoints);
        let endpoints: Vec<_> = endpoints.iter().collect();
        let of_shell = named(function.as_deref(), account);
        let of_shell = of_shell.as_ref().map(|named| named.name.as_str());
        let config = configuration(account, &endpoints, of_shell).await?;
        let named = named_anywhere(&config, account, function.as_deref()).await?;
        Ok(Self {
            named,
            region: config.region().map(ToString::to_string).unwrap_or_default(),
            sagemaker: SageMaker::new(&config),
            scaling: AutoScaling::new(&config),
            alarms: Alarms::new(&config),
            metrics: Metrics::new(&config),
            lambda: Lambda::new(&config),
            log: DecisionLog::new(&config),
            s3: S3::new(&config),
            scheduler: Scheduler::new(&config),
            event_bridge: EventBridge::new(&config),
            sns: Sns::new(&config),
            config,
        })
    }

    /// SageMaker and Application Auto Scaling, through the function's own adapter.
    pub fn aws(&self) -> SdkAws {
        SdkAws::new(&self.config)
    }

    /// The function's ledger in this table, through the function's own adapter.
    pub fn ledger(&self, table: &str) -> SdkAws {
        SdkAws::new(&self.config).with_ledger(Some(table.to_owned()))
    }
}
