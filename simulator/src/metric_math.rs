//! Reads metric math: metrics, and the expression over them that an alarm watches.

use crate::{
    MathInput, MetricMath,
    metric_expression::{Expression, Kind},
    metric_expression_text::read,
};

/// The expression that returns data, over these metrics and these other expressions by id.
///
/// # Errors
///
/// What the model cannot evaluate.
pub(crate) fn metric_math(
    inputs: Vec<MathInput>,
    expressions: &[(String, String)],
    returned: &str,
) -> Result<MetricMath, String> {
    let names = Names { inputs: &inputs, expressions };
    let expression = names.expression(returned, 0)?;
    match expression.kind() {
        Kind::Series => {}
        Kind::Scalar => return Err("is a number, and an alarm needs a time series".to_owned()),
        Kind::Several => return Err("is several time series, and an alarm needs one".to_owned()),
    }
    let text = expressions.iter().find(|(id, _)| id == returned);
    let text = text.map_or_else(|| returned.to_owned(), |(_, text)| text.clone());
    Ok(MetricMath { text, inputs, expression })
}

/// What an id means.
struct Names<'a> {
    inputs: &'a [MathInput],
    expressions: &'a [(String, String)],
}

impl Names<'_> {
    /// `depth`: how many expressions name each other up to here.
    fn expression(&self, id: &str, depth: usize) -> Result<Expression, String> {
        if let Some(index) = self.inputs.iter().position(|input| input.id == id) {
            return Ok(Expression::Metric(index));
        }
        let Some((_, text)) = self.expressions.iter().find(|(name, _)| name == id) else {
            return Err(format!("names {id}, which is no Id of Metrics"));
        };
        if depth > self.expressions.len() {
            return Err(format!("names {id}, whose expression names itself"));
        }
        read(text, self.inputs.len(), &|id| self.expression(id, depth + 1))
    }
}
