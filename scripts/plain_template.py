"""The template as CloudFormation without the SAM transform, for tools that take no transform."""

import copy
import json

from samcli.yamlhelper import yaml_parse
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

PARAMETERS = {
    "CodeBucket": "Bucket in the stack's Region that contains the zip file of the release.",
    "CodeKey": "Key of the zip file.",
}


def translate(text):
    """The template that the SAM transform makes of this one, as JSON. The zip file is where two further parameters say."""
    template = copy.deepcopy(yaml_parse(text))
    function = template["Resources"]["ScalerFunction"]
    function["Properties"]["CodeUri"] = {"Bucket": {"Ref": "CodeBucket"}, "Key": {"Ref": "CodeKey"}}
    for name, description in PARAMETERS.items():
        template["Parameters"][name] = {"Type": "String", "MinLength": 1, "Description": description}
    interface = template["Metadata"]["AWS::CloudFormation::Interface"]
    interface["ParameterGroups"].append({"Label": {"default": "Release"}, "Parameters": list(PARAMETERS)})
    # For the publication of a SAM application.
    template["Metadata"].pop("AWS::ServerlessRepo::Application", None)
    # Managed policies by name would need a list of them. The template names none.
    plain = Translator({}, Parser()).translate(template, {})
    return json.dumps(plain, separators=(",", ":")) + "\n"
