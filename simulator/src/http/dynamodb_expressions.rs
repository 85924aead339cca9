//! DynamoDB's expressions, as far as the ledger uses them: conditions, key conditions, and updates with SET and ADD.

use std::collections::{BTreeSet, HashMap};

use super::dynamodb_attributes::{AttributeValue, Attributes, ENDPOINT, LOCATION_HASH};
use crate::Refusal;

type Result<T> = std::result::Result<T, Refusal>;

/// `ExpressionAttributeNames` and `ExpressionAttributeValues` of a request.
pub(super) struct Names {
    names: HashMap<String, String>,
    values: Attributes,
    used: BTreeSet<String>,
}

impl Names {
    pub(super) fn new(names: HashMap<String, String>, values: Attributes) -> Self {
        Self { names, values, used: BTreeSet::new() }
    }

    /// DynamoDB refuses names and values that no expression uses.
    pub(super) fn check_all_used(&self) -> Result<()> {
        let mut all = self.names.keys().chain(self.values.keys());
        match all.find(|name| !self.used.contains(*name)) {
            None => Ok(()),
            Some(name) => Err(invalid(format!(
                "Value provided in ExpressionAttributeNames or ExpressionAttributeValues unused in \
                 expressions: {name}"
            ))),
        }
    }

    fn value(&mut self, name: &str) -> Result<AttributeValue> {
        self.used.insert(name.to_owned());
        let value = self.values.get(name).cloned();
        value.ok_or_else(|| {
            invalid(format!(
                "An expression attribute value used in expression is not defined: {name}"
            ))
        })
    }

    fn attribute(&mut self, word: &str) -> Result<String> {
        if !word.starts_with('#') {
            return Ok(word.to_owned());
        }
        self.used.insert(word.to_owned());
        let name = self.names.get(word).cloned();
        name.ok_or_else(|| {
            invalid(format!(
                "An expression attribute name used in expression is not defined: {word}"
            ))
        })
    }
}

/// `ConditionExpression` or `KeyConditionExpression`.
#[derive(Debug)]
pub(super) enum Condition {
    Or(Box<Self>, Box<Self>),
    And(Box<Self>, Box<Self>),
    Not(Box<Self>),
    Exists(String),
    Contains(String, Operand),
    Compare(Operand, String, Operand),
}

#[derive(Debug)]
pub(super) enum Operand {
    Attribute(String),
    Size(String),
    Value(AttributeValue),
}

impl Condition {
    pub(super) fn read(text: &str, names: &mut Names) -> Result<Self> {
        let mut reader = Reader { words: words(text)?, at: 0, text, names };
        let condition = reader.or()?;
        reader.end()?;
        Ok(condition)
    }

    pub(super) fn is_met(&self, item: &Attributes) -> bool {
        match self {
            Self::Or(one, other) => one.is_met(item) || other.is_met(item),
            Self::And(one, other) => one.is_met(item) && other.is_met(item),
            Self::Not(condition) => !condition.is_met(item),
            Self::Exists(name) => item.contains_key(name),
            Self::Contains(name, operand) => match (item.get(name), operand.value(item)) {
                (Some(AttributeValue::Ss(set)), Some(AttributeValue::S(text))) => {
                    set.contains(&text)
                }
                _ => false,
            },
            Self::Compare(one, sign, other) => match (one.value(item), other.value(item)) {
                (Some(one), Some(other)) => compare(&one, sign, &other),
                // Nothing compares with an attribute that is not there.
                _ => false,
            },
        }
    }

    /// The attributes and values of a condition that has only `=` and `AND`.
    pub(super) fn equalities(&self) -> Option<Attributes> {
        match self {
            Self::And(one, other) => {
                let mut all = one.equalities()?;
                all.extend(other.equalities()?);
                Some(all)
            }
            Self::Compare(Operand::Attribute(name), sign, Operand::Value(value)) if sign == "=" => {
                Some([(name.clone(), value.clone())].into())
            }
            _ => None,
        }
    }
}

impl Operand {
    fn value(&self, item: &Attributes) -> Option<AttributeValue> {
        match self {
            Self::Attribute(name) => item.get(name).cloned(),
            Self::Value(value) => Some(value.clone()),
            Self::Size(name) => {
                let size = match item.get(name)? {
                    AttributeValue::S(text) => text.len(),
                    AttributeValue::Ss(set) => set.len(),
                    AttributeValue::N(_) => return None,
                };
                Some(AttributeValue::N(size.to_string()))
            }
        }
    }
}

fn compare(one: &AttributeValue, sign: &str, other: &AttributeValue) -> bool {
    match (sign, one.as_number(), other.as_number()) {
        ("<", Some(one), Some(other)) => one < other,
        ("<=", Some(one), Some(other)) => one <= other,
        ("=", Some(one), Some(other)) => one == other,
        ("=", None, None) => one == other,
        _ => false,
    }
}

/// `UpdateExpression`.
#[derive(Debug, Default)]
pub(super) struct Update {
    set: Vec<(String, AttributeValue)>,
    add: Vec<(String, BTreeSet<String>)>,
}

impl Update {
    pub(super) fn read(text: &str, names: &mut Names) -> Result<Self> {
        let mut reader = Reader { words: words(text)?, at: 0, text, names };
        let mut update = Self::default();
        while let Some(clause) = reader.next() {
            loop {
                let name = reader.updated_attribute()?;
                match clause.to_ascii_uppercase().as_str() {
                    "SET" => {
                        reader.expect("=")?;
                        update.set.push((name, reader.value()?));
                    }
                    "ADD" => match reader.value()? {
                        AttributeValue::Ss(set) => update.add.push((name, set)),
                        _ => return Err(reader.unknown()),
                    },
                    _ => return Err(reader.unknown()),
                }
                if !reader.takes(",") {
                    break;
                }
            }
        }
        Ok(update)
    }

    pub(super) fn apply(self, item: &mut Attributes) -> Result<()> {
        for (name, value) in self.set {
            item.insert(name, value);
        }
        for (name, added) in self.add {
            let empty = AttributeValue::Ss(BTreeSet::new());
            match item.entry(name).or_insert(empty) {
                AttributeValue::Ss(set) => set.extend(added),
                _ => {
                    return Err(invalid(
                        "An operand in the update expression has an incorrect data type",
                    ));
                }
            }
        }
        Ok(())
    }
}

/// Reads an expression word by word.
struct Reader<'a> {
    words: Vec<String>,
    at: usize,
    text: &'a str,
    names: &'a mut Names,
}

impl Reader<'_> {
    fn or(&mut self) -> Result<Condition> {
        let mut condition = self.and()?;
        while self.takes("OR") {
            condition = Condition::Or(Box::new(condition), Box::new(self.and()?));
        }
        Ok(condition)
    }

    fn and(&mut self) -> Result<Condition> {
        let mut condition = self.not()?;
        while self.takes("AND") {
            condition = Condition::And(Box::new(condition), Box::new(self.not()?));
        }
        Ok(condition)
    }

    fn not(&mut self) -> Result<Condition> {
        if self.takes("NOT") {
            return Ok(Condition::Not(Box::new(self.not()?)));
        }
        if self.takes("(") {
            let condition = self.or()?;
            self.expect(")")?;
            return Ok(condition);
        }
        for (function, negated) in [("attribute_exists", false), ("attribute_not_exists", true)] {
            if self.takes(function) {
                self.expect("(")?;
                let exists = Condition::Exists(self.attribute()?);
                self.expect(")")?;
                return Ok(if negated { Condition::Not(Box::new(exists)) } else { exists });
            }
        }
        if self.takes("contains") {
            self.expect("(")?;
            let name = self.attribute()?;
            self.expect(",")?;
            let operand = self.operand()?;
            self.expect(")")?;
            return Ok(Condition::Contains(name, operand));
        }
        let one = self.operand()?;
        match self.next() {
            Some(sign) if ["=", "<", "<="].contains(&sign.as_str()) => {
                Ok(Condition::Compare(one, sign, self.operand()?))
            }
            _ => Err(self.unknown()),
        }
    }

    fn operand(&mut self) -> Result<Operand> {
        if self.takes("size") {
            self.expect("(")?;
            let name = self.attribute()?;
            self.expect(")")?;
            return Ok(Operand::Size(name));
        }
        match self.words.get(self.at).is_some_and(|word| word.starts_with(':')) {
            true => Ok(Operand::Value(self.value()?)),
            false => Ok(Operand::Attribute(self.attribute()?)),
        }
    }

    fn value(&mut self) -> Result<AttributeValue> {
        match self.next() {
            Some(word) if word.starts_with(':') => self.names.value(&word),
            _ => Err(self.unknown()),
        }
    }

    /// The name of an attribute. Functions that are not known are not taken for one.
    fn attribute(&mut self) -> Result<String> {
        let is_call = self.words.get(self.at + 1).is_some_and(|word| word == "(");
        match self.next() {
            Some(word) if is_name(&word) && !is_call => self.names.attribute(&word),
            _ => Err(self.unknown()),
        }
    }

    fn updated_attribute(&mut self) -> Result<String> {
        match self.attribute()? {
            name if [ENDPOINT, LOCATION_HASH].contains(&name.as_str()) => Err(invalid(format!(
                "Cannot update attribute {name}. This attribute is part of the key"
            ))),
            name => Ok(name),
        }
    }

    fn next(&mut self) -> Option<String> {
        let word = self.words.get(self.at).cloned();
        self.at += 1;
        word
    }

    fn takes(&mut self, wanted: &str) -> bool {
        let found = self.words.get(self.at).is_some_and(|word| word.eq_ignore_ascii_case(wanted));
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, wanted: &str) -> Result<()> {
        if self.takes(wanted) { Ok(()) } else { Err(self.unknown()) }
    }

    fn end(&self) -> Result<()> {
        if self.at == self.words.len() { Ok(()) } else { Err(self.unknown()) }
    }

    fn unknown(&self) -> Refusal {
        invalid(format!(
            "the model reads only the expressions that the ledger's writes have, and not: {}",
            self.text
        ))
    }
}

fn words(text: &str) -> Result<Vec<String>> {
    let mut words: Vec<String> = Vec::new();
    let mut in_name = false;
    for character in text.chars() {
        let name = character.is_ascii_alphanumeric() || ":#_".contains(character);
        let after_less = words.last().is_some_and(|word| word == "<");
        match words.last_mut() {
            Some(word) if name && in_name => word.push(character),
            Some(word) if character == '=' && after_less => word.push(character),
            _ if name || "()=<,".contains(character) => words.push(character.to_string()),
            _ if character == ' ' => {}
            _ => {
                return Err(invalid(format!(
                    "Invalid expression: Syntax error; token: {character}"
                )));
            }
        }
        in_name = name;
    }
    Ok(words)
}

fn is_name(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_alphabetic() || first == '#')
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::validation(message)
}
