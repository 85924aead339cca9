//! The price of an instance hour: a number, or a table from which the endpoint's instance type chooses.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use clap::{Args, ValueHint};

use super::{Account, no_access};
use scalerctl_console::{Failure, input_file, numbers::price};

/// Options for the price.
#[derive(Debug, Clone, Default, Args)]
pub struct PriceArgs {
    /// Price of an instance hour, in any currency
    #[arg(long, value_name = "PRICE", value_parser = price)]
    pub price_per_hour: Option<f64>,

    /// Prices of an instance hour by instance type: CSV lines such as ml.g5.xlarge,1.41, or a JSON object
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "price_per_hour")]
    pub price_table: Option<PathBuf>,
}

/// The price of an instance hour of each endpoint.
#[derive(Debug, Clone, Default)]
pub struct Prices {
    /// The price for all endpoints, if there is one.
    pub given: Option<f64>,
    by_endpoint: BTreeMap<String, f64>,
    /// Endpoints without a price, and why.
    pub notes: Vec<String>,
}

impl Prices {
    /// Reads the table, if there is one, and the instance types of these endpoints.
    ///
    /// # Errors
    ///
    /// [`Failure::Usage`] if the table cannot be used, or has no price for an instance type. [`Failure::NoAccess`] if an
    /// instance type cannot be read.
    pub async fn of(
        account: &Account,
        arguments: &PriceArgs,
        endpoints: &[String],
    ) -> Result<Self, Failure> {
        let mut prices = Self { given: arguments.price_per_hour, ..Self::default() };
        let Some(file) = &arguments.price_table else {
            let all = endpoints.iter().zip(arguments.price_per_hour.into_iter().cycle());
            prices.by_endpoint = all.map(|(endpoint, price)| (endpoint.clone(), price)).collect();
            return Ok(prices);
        };
        let table = table(file, &input_file::read("--price-table", file)?)?;
        for endpoint in endpoints {
            let types = account.instance_types(endpoint).await.map_err(no_access)?;
            let types: BTreeSet<String> = types.into_iter().map(|(_, kind)| kind).collect();
            let mut found = Vec::new();
            for kind in &types {
                found.push(*table.get(kind).ok_or_else(|| no_price(file, kind, endpoint))?);
            }
            found.dedup();
            match found.as_slice() {
                [price] => {
                    prices.by_endpoint.insert(endpoint.clone(), *price);
                }
                [] => prices.notes.push(format!("no price of {endpoint}: it has no instance type")),
                _ => {
                    let types: Vec<String> = types.into_iter().collect();
                    prices.notes.push(format!(
                        "no price of {endpoint}: its variants have different instance types ({})",
                        types.join(", ")
                    ));
                }
            }
        }
        Ok(prices)
    }

    /// The price of an instance hour of this endpoint.
    pub fn of_endpoint(&self, endpoint: &str) -> Option<f64> {
        self.by_endpoint.get(endpoint).copied()
    }
}

fn refused(file: &Path, problem: &str, what_to_do: &str) -> Failure {
    Failure::Usage(format!(
        "--price-table {}: {problem} (what to do: {what_to_do})",
        file.display()
    ))
}

fn no_price(file: &Path, kind: &str, endpoint: &str) -> Failure {
    let problem = format!("has no price for {kind}, the instance type of {endpoint}");
    refused(file, &problem, &format!("add {kind} with its price of an hour"))
}

/// A JSON object, or CSV lines. The first CSV line can be a header.
fn table(file: &Path, text: &str) -> Result<BTreeMap<String, f64>, Failure> {
    let what = "write each instance type with its price of an hour: lines such as ml.g5.xlarge,1.41, or a JSON object \
                such as {\"ml.g5.xlarge\": 1.41}";
    if text.trim_start().starts_with('{') {
        let object: BTreeMap<String, f64> = serde_json::from_str(text)
            .map_err(|error| refused(file, &format!("is not such a JSON object: {error}"), what))?;
        return match object.iter().find(|(_, price)| **price < 0.0) {
            Some((kind, _)) => Err(refused(file, &format!("{kind} has a negative price"), what)),
            None => Ok(object),
        };
    }
    let mut found = BTreeMap::new();
    for (index, line) in text.lines().enumerate() {
        let fields: Vec<&str> = line.split(',').map(|it| it.trim().trim_matches('"')).collect();
        match fields.as_slice() {
            [""] => {}
            [kind, number] => match price(number) {
                Ok(price) => {
                    if found.insert((*kind).to_owned(), price).is_some() {
                        let problem = format!("line {}: a second price of {kind}", index + 1);
                        return Err(refused(file, &problem, "keep one of them"));
                    }
                }
                // The names of the columns.
                Err(_) if index == 0 && !kind.starts_with("ml.") => {}
                Err(why) => {
                    let problem = format!("line {}: the price {number:?} {why}", index + 1);
                    return Err(refused(file, &problem, "correct the price"));
                }
            },
            _ => {
                let problem = format!("line {}: {} fields, not 2", index + 1, fields.len());
                return Err(refused(file, &problem, what));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_csv_or_json() {
        for text in [
            "ml.g5.xlarge,1.41\nml.c5.large, 0.1\n",
            "instance type,price per hour\n\n\"ml.g5.xlarge\",\"1.41\"\nml.c5.large,0.1",
            r#" {"ml.g5.xlarge": 1.41, "ml.c5.large": 0.1}"#,
        ] {
            let found = table(Path::new("p"), text).unwrap_or_default();
            assert_eq!(found.get("ml.g5.xlarge"), Some(&1.41), "{text}");
            assert_eq!(found.len(), 2, "{text}");
        }
    }

    #[test]
    fn what_is_no_price_is_refused_with_its_line() {
        for (text, parts) in [
            ("a,b\nml.g5.xlarge,cheap", "line 2: the price \"cheap\""),
            ("ml.g5.xlarge,-1", "line 1"),
            ("ml.g5.xlarge", "line 1: 1 fields"),
            ("ml.g5.xlarge,1\nml.g5.xlarge,2", "line 2: a second price"),
            (r#"{"ml.g5.xlarge": "1"}"#, "JSON"),
            (r#"{"ml.g5.xlarge": -1}"#, "negative"),
        ] {
            let refused = table(Path::new("p"), text);
            assert!(
                matches!(&refused, Err(Failure::Usage(why)) if why.contains(parts)),
                "{text}: {refused:?}"
            );
        }
    }
}
