"""Works out a template's intrinsic functions for one set of parameters, as CloudFormation would.

What only exists after a deployment stays a visible token: ``<Resource>`` for a Ref and
``<Resource.Attribute>`` for an attribute. Whatever cannot be worked out is an error, so that a
dangling reference never passes for a value.
"""

import re

PSEUDO_PARAMETERS = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-1",
    "AWS::StackName": "some-stack",
    "AWS::URLSuffix": "amazonaws.com",
}

NO_VALUE = object()


class Dangling(Exception):
    """A reference to something that the template does not have, or does not make here."""


class Resolver:
    """Resolves against a template and the values of its parameters."""

    def __init__(self, template, parameters):
        self.template = template
        self.values = {**PSEUDO_PARAMETERS, **parameter_values(template, parameters)}
        # Every resource that was referred to so far.
        self.referred = set()

    def holds(self, condition):
        """Whether a named condition holds."""
        if condition not in self.template.get("Conditions", {}):
            raise Dangling(f"condition {condition}")
        return self.truth(self.template["Conditions"][condition])

    def truth(self, expression):
        """The value of a condition or of a rule's assertion."""
        (function, argument), = expression.items()
        if function == "Condition":
            return self.holds(argument)
        if function == "Fn::Not":
            return not self.truth(argument[0])
        if function == "Fn::And":
            return all(self.truth(each) for each in argument)
        if function == "Fn::Or":
            return any(self.truth(each) for each in argument)
        if function == "Fn::Equals":
            left, right = (self.value(each) for each in argument)
            return str(left) == str(right)
        if function == "Fn::EachMemberEquals":
            members, wanted = (self.value(each) for each in argument)
            return all(member == wanted for member in members)
        if function == "Fn::Contains":
            texts, wanted = (self.value(each) for each in argument)
            return wanted in texts
        raise ValueError(f"no condition function: {function}")

    def value(self, node):
        """A node with every function worked out."""
        if isinstance(node, list):
            values = [self.value(each) for each in node]
            return [value for value in values if value is not NO_VALUE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            (function, argument), = node.items()
            if function == "Ref":
                return self.reference(argument)
            if function == "Condition" and isinstance(argument, str):
                return self.holds(argument)
            if function.startswith("Fn::"):
                return self.function(function, argument)
        values = {key: self.value(each) for key, each in node.items()}
        return {key: value for key, value in values.items() if value is not NO_VALUE}

    def function(self, function, argument):
        """The value of one function."""
        if function == "Fn::If":
            condition, if_true, if_false = argument
            return self.value(if_true if self.holds(condition) else if_false)
        if function == "Fn::Sub":
            return self.substitute(argument)
        if function == "Fn::GetAtt":
            parts = argument.split(".", 1) if isinstance(argument, str) else argument
            return self.attribute(*parts)
        arguments = self.value(argument)
        if function == "Fn::Join":
            delimiter, texts = arguments
            return delimiter.join(str(text) for text in texts)
        if function == "Fn::Split":
            delimiter, text = arguments
            return text.split(delimiter)
        if function == "Fn::Select":
            index, texts = arguments
            return texts[int(index)]
        raise ValueError(f"no function that is known here: {function}")

    def substitute(self, argument):
        """Fn::Sub, with or without a map of its own."""
        text, own = argument if isinstance(argument, list) else (argument, {})
        own = {name: self.value(value) for name, value in own.items()}

        def replaced(match):
            name = match.group(1)
            if name.startswith("!"):
                return "${" + name[1:] + "}"
            if name in own:
                return str(own[name])
            if "." in name:
                return self.attribute(*name.split(".", 1))
            return str(self.reference(name))

        return re.sub(r"\$\{([^}]*)\}", replaced, text)

    def reference(self, name):
        """Ref."""
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in self.values:
            return self.values[name]
        return f"<{self.existing(name)}>"

    def attribute(self, name, attribute):
        """Fn::GetAtt."""
        return f"<{self.existing(name)}.{attribute}>"

    def existing(self, name):
        """The name of a resource that these parameters make."""
        resource = self.template["Resources"].get(name)
        if resource is None:
            raise Dangling(name)
        if "Condition" in resource and not self.holds(resource["Condition"]):
            raise Dangling(f"{name}, which is not made with these parameters")
        self.referred.add(name)
        return name


def parameter_values(template, given):
    """Given values over defaults, checked as CloudFormation checks them."""
    declared = template["Parameters"]
    unknown = set(given) - set(declared)
    if unknown:
        raise ValueError(f"no such parameters: {sorted(unknown)}")
    return {name: one_value(name, declaration, given) for name, declaration in declared.items()}


def one_value(name, declaration, given):
    """The value of one parameter: a string, or a list of them."""
    if name not in given and "Default" not in declaration:
        raise ValueError(f"{name} has no value")
    text = str(given.get(name, declaration.get("Default")))
    is_list = declaration["Type"] == "CommaDelimitedList"
    texts = [each.strip() for each in text.split(",")] if is_list else [text]
    for each in texts:
        pattern = declaration.get("AllowedPattern")
        if pattern and not re.fullmatch(pattern, each):
            raise ValueError(f"{name}: {each!r} does not match {pattern}")
        if len(each) > declaration.get("MaxLength", len(each)):
            raise ValueError(f"{name}: {each!r} is too long")
        allowed = declaration.get("AllowedValues")
        if allowed and each not in map(str, allowed):
            raise ValueError(f"{name}: {each!r} is none of {allowed}")
        if float(declaration.get("MinValue", "-inf")) > number(declaration, each):
            raise ValueError(f"{name}: {each} is less than {declaration['MinValue']}")
        if float(declaration.get("MaxValue", "inf")) < number(declaration, each):
            raise ValueError(f"{name}: {each} is more than {declaration['MaxValue']}")
    return texts if is_list else text


def number(declaration, text):
    """The value of a Number parameter; 0 for any other."""
    return float(text) if declaration["Type"] == "Number" else 0.0
