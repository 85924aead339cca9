# reactive-scaler in Terraform: the release's stack, beside an endpoint that Terraform manages.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.60"
    }
  }
}

variable "release" {
  description = "Path of the release's files without their suffix, such as ./reactive-scaler-0.1.0-arm64."
  type        = string
}

variable "artifacts_bucket" {
  description = "Existing bucket for the zip file and the template."
  type        = string
}

variable "endpoint_name" {
  description = "Name of the async endpoint."
  type        = string
}

variable "inputs_bucket" {
  description = "Name of the bucket that inputs are uploaded to. This configuration creates it."
  type        = string
}

variable "max_instances" {
  description = "Maximum number of instances. At least the present number: AWS removes instances above it at once."
  type        = number
  default     = 1
}

resource "aws_s3_object" "function" {
  bucket      = var.artifacts_bucket
  key         = "reactive-scaler/${filesha256("${var.release}.zip")}.zip"
  source      = "${var.release}.zip"
  source_hash = filesha256("${var.release}.zip")
}

resource "aws_s3_object" "template" {
  bucket      = var.artifacts_bucket
  key         = "reactive-scaler/${filesha256("${var.release}.cloudformation.json")}.json"
  source      = "${var.release}.cloudformation.json"
  source_hash = filesha256("${var.release}.cloudformation.json")
}

resource "aws_cloudformation_stack" "reactive_scaler" {
  name         = "reactive-scaler"
  capabilities = ["CAPABILITY_IAM"]
  template_url = "https://${data.aws_s3_bucket.artifacts.bucket_regional_domain_name}/${aws_s3_object.template.key}"

  parameters = {
    CodeBucket     = var.artifacts_bucket
    CodeKey        = aws_s3_object.function.key
    EndpointName   = var.endpoint_name
    InputBucket    = aws_s3_bucket.inputs.id
    ScalableTarget = "Existing"
  }
}

data "aws_s3_bucket" "artifacts" {
  bucket = var.artifacts_bucket
}

# Your bucket. With aws_s3_bucket_notification, Terraform owns all notifications of the bucket, so turn on EventBridge
# there, beside your other notifications.
resource "aws_s3_bucket" "inputs" {
  bucket = var.inputs_bucket
}

resource "aws_s3_bucket_notification" "inputs" {
  bucket      = aws_s3_bucket.inputs.id
  eventbridge = true
}

# Your scalable target. A minimum of 0 allows the function to scale the endpoint to zero. While the endpoint is awake, the
# function sets the minimum to 1, so Terraform ignores changes of it.
resource "aws_appautoscaling_target" "variant" {
  service_namespace  = "sagemaker"
  scalable_dimension = "sagemaker:variant:DesiredInstanceCount"
  resource_id        = "endpoint/${var.endpoint_name}/variant/AllTraffic"
  min_capacity       = 0
  max_capacity       = var.max_instances

  lifecycle {
    ignore_changes = [min_capacity]
  }
}

# Your policy scales between 1 and the maximum, and is what scales in if the function is ever removed.
resource "aws_appautoscaling_policy" "backlog" {
  name               = "backlog-per-instance"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.variant.service_namespace
  scalable_dimension = aws_appautoscaling_target.variant.scalable_dimension
  resource_id        = aws_appautoscaling_target.variant.resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = 5
    scale_in_cooldown  = 300
    scale_out_cooldown = 300

    customized_metric_specification {
      namespace   = "AWS/SageMaker"
      metric_name = "ApproximateBacklogSizePerInstance"
      statistic   = "Average"

      dimensions {
        name  = "EndpointName"
        value = var.endpoint_name
      }
    }
  }
}

output "function_name" {
  description = "Name of the function, for scalerctl smoke --function."
  value       = aws_cloudformation_stack.reactive_scaler.outputs["FunctionName"]
}
