//! What an instance hour costs, and from when an instance is billed.

use clap::ValueEnum;

/// From when an instance is billed, until it is terminated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum BillFrom {
    /// From the time when it is in service. An assumption: no page of AWS was found that names a time
    #[default]
    InService,
    /// From the request for it, as the public repository EVERYTHING-studios/infra-aws counts
    ScaleOut,
}

impl BillFrom {
    /// For a sentence: "billed from …".
    pub fn text(self) -> &'static str {
        match self {
            Self::InService => "in service",
            Self::ScaleOut => "the request for the instance",
        }
    }

    /// Where it comes from.
    pub fn source(self) -> &'static str {
        match self {
            Self::InService => "assumed: no page of AWS was found that names a time",
            Self::ScaleOut => {
                "sagemaker-performance.md of https://github.com/EVERYTHING-studios/infra-aws"
            }
        }
    }
}

/// How a bill is computed.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tariff {
    /// The price of an instance hour, in any currency.
    pub price_per_hour: Option<f64>,
    /// From when an instance is billed.
    pub from: BillFrom,
}

impl Tariff {
    /// What the billed hours are called: a cost in the currency of the price, or hours.
    pub fn unit(self) -> &'static str {
        match self.price_per_hour {
            Some(_) => "",
            None => " instance hours",
        }
    }
}
