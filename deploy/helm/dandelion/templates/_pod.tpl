{{/* The restricted Pod Security standard. The user is the image's. */}}
{{- define "dandelion.podSecurity" -}}
automountServiceAccountToken: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .user }}
  runAsGroup: {{ .user }}
  fsGroup: {{ .user }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- end -}}

{{- define "dandelion.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* What a container of ours is, whatever its command. */}}
{{- define "dandelion.container" -}}
image: {{ include "dandelion.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  {{- include "dandelion.containerSecurity" . | nindent 2 }}
env:
  {{- include "dandelion.environment" . | trim | nindent 2 }}
volumeMounts:
  - name: data
    mountPath: /data
  - name: tmp
    mountPath: /tmp
  {{- with .Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/* The rest of a pod of ours that works and ends: its data is on servers. */}}
{{- define "dandelion.jobPod" -}}
{{- include "dandelion.podSecurity" (dict "user" 1654) }}
restartPolicy: Never
{{- include "dandelion.placement" . }}
volumes:
  - name: data
    emptyDir: {}
  {{- include "dandelion.volumes" . | nindent 2 }}
{{- end -}}

{{- define "dandelion.volumes" -}}
- name: tmp
  emptyDir: {}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "dandelion.placement" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{/* A probe of a path. A host that has a name of its own answers to no other. */}}
{{- define "dandelion.probe" -}}
httpGet:
  path: {{ .root.Values.pathPrefix }}{{ .path }}
  port: http
  {{- with .root.Values.allowedHosts }}
  httpHeaders:
    - name: Host
      value: {{ first . | trimPrefix "*." | quote }}
  {{- end }}
{{- toYaml .times | nindent 0 }}
{{- end -}}
