//! The clients of the AWS SDK.

use std::sync::OnceLock;

use aws_config::SdkConfig;

use super::{ledger_bounds, retries::Retries};

/// The clients of the AWS SDK. Each one is created at its first use.
#[derive(Debug)]
pub struct SdkAws {
    pub(super) config: SdkConfig,
    retries: Retries,
    sagemaker: OnceLock<aws_sdk_sagemaker::Client>,
    scaling: OnceLock<aws_sdk_applicationautoscaling::Client>,
    cloudwatch: OnceLock<aws_sdk_cloudwatch::Client>,
    dynamodb: OnceLock<aws_sdk_dynamodb::Client>,
    /// The ledger's table, if there is one.
    pub(super) ledger: Option<String>,
}

impl SdkAws {
    /// Creates clients from the SDK's shared configuration, see [`super::connect`].
    pub fn new(config: &SdkConfig) -> Self {
        Self::with(config.clone(), Retries::OfTheService)
    }

    pub(super) fn with(config: SdkConfig, retries: Retries) -> Self {
        Self {
            config,
            retries,
            sagemaker: OnceLock::new(),
            scaling: OnceLock::new(),
            cloudwatch: OnceLock::new(),
            dynamodb: OnceLock::new(),
            ledger: None,
        }
    }

    /// With the name of the ledger's table. Without one, each call on the ledger fails.
    pub fn with_ledger(self, table: String) -> Self {
        Self { ledger: Some(table), ..self }
    }

    pub(super) fn sagemaker(&self) -> &aws_sdk_sagemaker::Client {
        self.sagemaker.get_or_init(|| {
            let mut config = aws_sdk_sagemaker::config::Builder::from(&self.config);
            config.set_retry_partition(self.retries.partition("sagemaker"));
            aws_sdk_sagemaker::Client::from_conf(config.build())
        })
    }

    pub(super) fn scaling(&self) -> &aws_sdk_applicationautoscaling::Client {
        self.scaling.get_or_init(|| {
            let mut config = aws_sdk_applicationautoscaling::config::Builder::from(&self.config);
            config.set_retry_partition(self.retries.partition("applicationautoscaling"));
            aws_sdk_applicationautoscaling::Client::from_conf(config.build())
        })
    }

    pub(super) fn cloudwatch(&self) -> &aws_sdk_cloudwatch::Client {
        self.cloudwatch.get_or_init(|| {
            let mut config = aws_sdk_cloudwatch::config::Builder::from(&self.config);
            config.set_retry_partition(self.retries.partition("cloudwatch"));
            aws_sdk_cloudwatch::Client::from_conf(config.build())
        })
    }

    pub(super) fn dynamodb(&self) -> &aws_sdk_dynamodb::Client {
        self.dynamodb.get_or_init(|| {
            let mut config = aws_sdk_dynamodb::config::Builder::from(&self.config);
            config.set_retry_partition(self.retries.partition("dynamodb"));
            config.set_retry_config(Some(ledger_bounds::retries(&self.config, self.retries)));
            config.set_timeout_config(Some(ledger_bounds::timeouts(&self.config)));
            aws_sdk_dynamodb::Client::from_conf(config.build())
        })
    }
}
