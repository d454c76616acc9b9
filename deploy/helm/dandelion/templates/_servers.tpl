{{/* The servers that are used, outside or inside; empty for none. */}}
{{- define "dandelion.postgresqlHost" -}}
{{- if .Values.postgresql.internal.enabled -}}
{{- include "dandelion.fullname" . }}-postgresql
{{- else -}}
{{- .Values.postgresql.host -}}
{{- end -}}
{{- end -}}

{{- define "dandelion.s3Endpoint" -}}
{{- if .Values.s3.internal.enabled -}}
http://{{ include "dandelion.fullname" . }}-s3:8333
{{- else -}}
{{- .Values.s3.endpoint -}}
{{- end -}}
{{- end -}}

{{/* Whether a pod may be on another machine than the one before: no data is in a volume then. */}}
{{- define "dandelion.isShared" -}}
{{- if and (include "dandelion.postgresqlHost" .) (or (include "dandelion.s3Endpoint" .) .Values.s3.region) -}}true{{- end -}}
{{- end -}}

{{/* Refuses values that can't work together. */}}
{{- define "dandelion.check" -}}
{{- $postgresql := .Values.postgresql -}}
{{- $s3 := .Values.s3 -}}
{{- if and $postgresql.internal.enabled $postgresql.host -}}
{{- fail "postgresql.host and postgresql.internal.enabled exclude each other." -}}
{{- end -}}
{{- if and $s3.internal.enabled $s3.endpoint -}}
{{- fail "s3.endpoint and s3.internal.enabled exclude each other." -}}
{{- end -}}
{{- if and $postgresql.internal.enabled (not $postgresql.existingSecret) -}}
{{- fail "postgresql.internal needs postgresql.existingSecret, a Secret with the password." -}}
{{- end -}}
{{- if and $s3.internal.enabled (not $s3.existingSecret) -}}
{{- fail "s3.internal needs s3.existingSecret, a Secret with the keys." -}}
{{- end -}}
{{- if not (include "dandelion.isShared" .) -}}
{{- range $name, $wanted := dict "replicas above 1" (gt (int .Values.replicas) 1) "autoscaling" .Values.autoscaling.enabled "retraining.scheduler cronjob" (eq .Values.retraining.scheduler "cronjob") "embed" .Values.embed.enabled -}}
{{- if $wanted -}}
{{- fail (printf "%s: needs PostgreSQL and S3 (postgresql.host and s3.endpoint, or s3.region, or those inside)." $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) -}}
{{- fail "ingress needs ingress.hosts." -}}
{{- end -}}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) -}}
{{- fail "httpRoute needs httpRoute.parentRefs." -}}
{{- end -}}
{{- if and .Values.autoscaling.enabled (not (or .Values.autoscaling.targetCPU .Values.autoscaling.targetActivePhotos)) -}}
{{- fail "autoscaling needs autoscaling.targetCPU or autoscaling.targetActivePhotos." -}}
{{- end -}}
{{- if and .Values.autoscaling.enabled (gt (int .Values.autoscaling.minReplicas) (int .Values.autoscaling.maxReplicas)) -}}
{{- fail "autoscaling.minReplicas is above autoscaling.maxReplicas." -}}
{{- end -}}
{{- end -}}
