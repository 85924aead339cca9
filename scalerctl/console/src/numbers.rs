//! Parsers for numbers in arguments. Their errors say what is accepted.

use std::ops::RangeInclusive;

/// A parser for a whole number in this range. `of_what`: ` of seconds`, or empty.
pub fn whole_number<T: TryFrom<i128>>(
    range: RangeInclusive<i128>,
    of_what: &'static str,
) -> impl Fn(&str) -> Result<T, String> + Clone {
    move |text| {
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.and_then(|number: i128| T::try_from(number).ok()).ok_or_else(|| {
            format!("must be a whole number{of_what} from {} to {}", range.start(), range.end())
        })
    }
}

/// A price: a number of 0 or more.
///
/// # Errors
/// A message for the user.
pub fn price(text: &str) -> Result<f64, String> {
    let price = text.parse().ok().filter(|price: &f64| price.is_finite() && *price >= 0.0);
    price.ok_or_else(|| "must be a number of 0 or more, such as 1.41".to_owned())
}
