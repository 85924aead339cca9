//! Reads the text of a metric math expression.

use crate::metric_expression::{AcrossFunction, EachFunction, Expression, Kind, Operator};

/// The functions that the model has, for an error.
const FUNCTIONS: &str =
    "ABS, AVG, CEIL, FILL, FLOOR, IF, LOG, LOG10, MAX, METRICS, MIN, PERIOD and SUM";

/// Reads an expression. `named` finds the metric or expression with an id; `metrics` is the number of metrics.
///
/// # Errors
///
/// What the model does not have, by name, or what is not an expression.
pub(crate) fn read(
    text: &str,
    metrics: usize,
    named: &dyn Fn(&str) -> Result<Expression, String>,
) -> Result<Expression, String> {
    let mut reader = Reader { rest: text.trim(), metrics, named };
    let expression = reader.operation(0)?;
    match reader.rest {
        "" => Ok(expression),
        rest => Err(format!("has {rest:?}, which the simulation cannot read")),
    }
}

struct Reader<'a> {
    /// The text that is not read yet, without leading space.
    rest: &'a str,
    metrics: usize,
    named: &'a dyn Fn(&str) -> Result<Expression, String>,
}

impl<'a> Reader<'a> {
    fn skip(&mut self, length: usize) {
        self.rest = self.rest.get(length..).unwrap_or_default().trim_start();
    }

    fn take(&mut self, token: &str) -> bool {
        let is_next = self.rest.starts_with(token);
        if is_next {
            self.skip(token.len());
        }
        is_next
    }

    fn expect(&mut self, token: &str) -> Result<(), String> {
        match self.take(token) {
            true => Ok(()),
            false => Err(format!("needs a {token:?} before {:?}", self.rest)),
        }
    }

    fn word(&mut self) -> Option<&'a str> {
        let is_part = |it: char| it.is_ascii_alphanumeric() || it == '_';
        let rest = self.rest;
        let end = rest.find(|it| !is_part(it)).unwrap_or(rest.len());
        let word = rest.get(..end).filter(|it| it.starts_with(|it: char| it.is_ascii_alphabetic()));
        self.skip(word.map_or(0, str::len));
        word
    }

    /// Operands and operators that bind more tightly than this.
    fn operation(&mut self, strength: u8) -> Result<Expression, String> {
        let mut left = self.operand()?;
        let is_next = |rest: &str, spelling: &str| {
            let letters = spelling.starts_with(|it: char| it.is_ascii_alphabetic());
            let after = rest.strip_prefix(spelling);
            after.is_some_and(|after| {
                !letters || !after.starts_with(|it: char| it.is_ascii_alphanumeric() || it == '_')
            })
        };
        while let Some((spelling, operator)) = Operator::SPELLINGS
            .into_iter()
            .find(|(spelling, _)| is_next(self.rest, spelling))
            .filter(|(_, operator)| operator.strength() > strength)
        {
            self.skip(spelling.len());
            let right = self.operation(operator.strength())?;
            if left.kind() == Kind::Several && right.kind() == Kind::Several {
                return Err(format!("has {spelling} between two lists of metrics"));
            }
            left = Expression::Operation(operator, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn operand(&mut self) -> Result<Expression, String> {
        if self.take("-") {
            return Ok(Expression::Negative(Box::new(self.operand()?)));
        }
        if self.take("(") {
            let inner = self.operation(0)?;
            self.expect(")")?;
            return Ok(inner);
        }
        if self.take("[") {
            return Ok(Expression::List(self.list("]")?));
        }
        let digits = self.rest.find(|it: char| !it.is_ascii_digit() && it != '.');
        let number = self.rest.get(..digits.unwrap_or(self.rest.len())).unwrap_or_default();
        if let Ok(value) = number.parse() {
            self.skip(number.len());
            return Ok(Expression::Number(value));
        }
        let Some(word) = self.word() else {
            return Err(format!("has {:?}, which the simulation cannot read", self.rest));
        };
        match self.take("(") {
            true => self.call(word),
            false => (self.named)(word),
        }
    }

    /// Expressions separated by commas, up to the end.
    fn list(&mut self, end: &str) -> Result<Vec<Expression>, String> {
        let mut members = Vec::new();
        if self.take(end) {
            return Ok(members);
        }
        loop {
            members.push(self.operation(0)?);
            if self.take(end) {
                return Ok(members);
            }
            self.expect(",")?;
        }
    }

    /// The arguments of a function, and what it results in.
    fn call(&mut self, function: &str) -> Result<Expression, String> {
        if function == "FILL" {
            return self.fill();
        }
        let arguments = self.list(")")?;
        if let Some(each) = EachFunction::named(function) {
            let [of] = exactly(function, arguments)?;
            return Ok(Expression::Each(each, of));
        }
        if let Some(across) = AcrossFunction::named(function) {
            let [of] = exactly(function, arguments)?;
            return match of.kind() {
                Kind::Several => Ok(Expression::Across(across, of)),
                Kind::Scalar | Kind::Series => Err(format!(
                    "has {function} of one metric, which is its {function} over a time range; the simulation has \
                     {function}([m1, m2]) of several metrics"
                )),
            };
        }
        match function {
            "METRICS" if arguments.is_empty() => {
                Ok(Expression::List((0..self.metrics).map(Expression::Metric).collect()))
            }
            "PERIOD" => exactly::<1>(function, arguments).map(|_| Expression::Period),
            "IF" if arguments.len() == 2 => {
                let [condition, then] = exactly(function, arguments)?;
                Ok(Expression::If(condition, then, None))
            }
            "IF" => {
                let [condition, then, otherwise] = exactly(function, arguments)?;
                Ok(Expression::If(condition, then, Some(otherwise)))
            }
            other => {
                Err(format!("has {other}, which the simulation does not have; it has {FUNCTIONS}"))
            }
        }
    }

    /// `FILL(m1, 0)`, `FILL(m1, m2)` or `FILL(m1, REPEAT)`.
    fn fill(&mut self) -> Result<Expression, String> {
        let of = Box::new(self.operation(0)?);
        self.expect(",")?;
        if self.rest.starts_with("LINEAR") {
            let problem = "has FILL with LINEAR, which the simulation does not have; it has a number, a metric and \
                           REPEAT";
            return Err(problem.to_owned());
        }
        let with = match self.take("REPEAT") {
            true => None,
            false => Some(Box::new(self.operation(0)?)),
        };
        self.expect(")")?;
        Ok(Expression::Fill(of, with))
    }
}

/// This number of arguments.
fn exactly<const N: usize>(
    function: &str,
    arguments: Vec<Expression>,
) -> Result<[Box<Expression>; N], String> {
    let given = arguments.len();
    let boxed = arguments.into_iter().map(Box::new).collect::<Vec<_>>();
    boxed.try_into().map_err(|_| format!("has {function} with {given} arguments; it must have {N}"))
}
