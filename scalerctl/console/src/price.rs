//! Parser for prices in arguments.

/// The price of an instance hour, in any currency.
///
/// # Errors
/// A message for the user.
pub fn price(text: &str) -> Result<f64, String> {
    let price: f64 = text.parse().map_err(|_| "not a number such as 1.41".to_owned())?;
    match price.is_finite() && price >= 0.0 {
        true => Ok(price),
        false => Err("must be 0 or more".to_owned()),
    }
}
