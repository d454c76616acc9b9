{{/* The environment of every container of ours. A name comes once, or the API server refuses the pod: the values' own win. */}}
{{- define "dandelion.environment" -}}
{{- $env := dict
  "ASPNETCORE_HTTP_PORTS" (dict "value" "8080")
  "DandelionMl__DataDirectory" (dict "value" "/data")
  "XDG_CACHE_HOME" (dict "value" "/data/cache")
-}}
{{- with .Values.backbone -}}
{{- $_ := set $env "DandelionMl__Backbone" (dict "value" .) -}}
{{- end -}}
{{- with .Values.allowedHosts -}}
{{- $_ := set $env "AllowedHosts" (dict "value" (join ";" .)) -}}
{{- end -}}
{{- range $index, $proxy := .Values.trustedProxies -}}
{{- $_ := set $env (printf "DandelionMl__Security__Proxies__%d" $index) (dict "value" $proxy) -}}
{{- end -}}
{{- with include "dandelion.postgresqlHost" . -}}
{{- $postgresql := $.Values.postgresql -}}
{{- $connection := printf "Host=%s;Port=%d;Database=%s;Username=%s" . (int $postgresql.port) $postgresql.database $postgresql.username -}}
{{- $sslMode := ternary "Disable" $postgresql.sslMode $postgresql.internal.enabled -}}
{{- $_ := set $env "DandelionMl__Postgres__ConnectionString" (dict "value" (printf "%s;SSL Mode=%s" $connection $sslMode)) -}}
{{- if $postgresql.existingSecret -}}
{{- $_ := set $env "PGPASSWORD" (include "dandelion.secretKey" (list $postgresql.existingSecret $postgresql.passwordKey) | fromYaml) -}}
{{- end -}}
{{- end -}}
{{- $s3 := .Values.s3 -}}
{{- $endpoint := include "dandelion.s3Endpoint" . -}}
{{- if or $endpoint $s3.region -}}
{{- if $endpoint -}}
{{- $_ := set $env "DandelionMl__S3__Endpoint" (dict "value" $endpoint) -}}
{{- $_ := set $env "DandelionMl__S3__ForcePathStyle" (dict "value" (toString $s3.forcePathStyle)) -}}
{{- end -}}
{{- with $s3.region -}}
{{- $_ := set $env "DandelionMl__S3__Region" (dict "value" .) -}}
{{- end -}}
{{- $_ := set $env "DandelionMl__S3__Bucket" (dict "value" $s3.bucket) -}}
{{- $_ := set $env "DandelionMl__S3__CreateBucket" (dict "value" (toString $s3.createBucket)) -}}
{{- with $s3.existingSecret -}}
{{- $_ := set $env "DandelionMl__S3__AccessKey" (include "dandelion.secretKey" (list . $s3.accessKeyKey) | fromYaml) -}}
{{- $_ := set $env "DandelionMl__S3__SecretKey" (include "dandelion.secretKey" (list . $s3.secretKeyKey) | fromYaml) -}}
{{- end -}}
{{- end -}}
{{- $mlflow := .Values.mlflow -}}
{{- if $mlflow.trackingUri -}}
{{- $_ := set $env "DandelionMl__Mlflow__TrackingUri" (dict "value" $mlflow.trackingUri) -}}
{{- $_ := set $env "DandelionMl__Mlflow__Experiment" (dict "value" $mlflow.experiment) -}}
{{- $_ := set $env "DandelionMl__Mlflow__RegisteredModel" (dict "value" $mlflow.registeredModel) -}}
{{- with $mlflow.existingSecret -}}
{{- $secret := . -}}
{{- range $name, $key := dict "Username" "username" "Password" "password" "Token" "token" -}}
{{- $_ := set $env (printf "DandelionMl__Mlflow__%s" $name) (include "dandelion.secretKey" (list $secret $key true) | fromYaml) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if .Values.otlp.endpoint -}}
{{- $_ := set $env "OTEL_EXPORTER_OTLP_ENDPOINT" (dict "value" .Values.otlp.endpoint) -}}
{{- $_ := set $env "OTEL_EXPORTER_OTLP_PROTOCOL" (dict "value" .Values.otlp.protocol) -}}
{{- end -}}
{{- if .Values.metrics.enabled -}}
{{- $_ := set $env "DandelionMl__Telemetry__MetricsPort" (dict "value" (toString (int .Values.metrics.port))) -}}
{{- end -}}
{{- if ne .Values.retraining.scheduler "inside" -}}
{{- $_ := set $env "DandelionMl__Pipelines__SchedulerEnabled" (dict "value" "false") -}}
{{- end -}}
{{- range $name, $value := .Values.settings -}}
{{- $_ := set $env (printf "DandelionMl__%s" $name) (dict "value" (toString $value)) -}}
{{- end -}}
{{- range $name, $value := .Values.environment -}}
{{- $_ := set $env $name (dict "value" (toString $value)) -}}
{{- end -}}
{{- range $name, $from := .Values.secretEnvironment -}}
{{- $_ := set $env $name (include "dandelion.secretKey" (list $from.secret $from.key) | fromYaml) -}}
{{- end -}}
{{- range $name := keys $env | sortAlpha }}
- name: {{ $name | quote }}
  {{- toYaml (get $env $name) | nindent 2 }}
{{- end }}
{{- end -}}

{{/* A variable's value from a Secret's key, which may be missing where the third argument says so. */}}
{{- define "dandelion.secretKey" -}}
valueFrom:
  secretKeyRef:
    name: {{ index . 0 }}
    key: {{ index . 1 }}
    {{- if gt (len .) 2 }}
    optional: true
    {{- end }}
{{- end -}}
