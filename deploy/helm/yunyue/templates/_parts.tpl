{{- define "yunyue.name" -}}
{{- printf "%s-yunyue" .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "yunyue.labels" -}}
app.kubernetes.io/name: yunyue
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end -}}

{{- define "yunyue.described" -}}
{{ include "yunyue.labels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{/* Settings both kinds of pods have. */}}
{{- define "yunyue.settings" -}}
- name: YUNYUE_HOME
  value: /data
- name: YUNYUE_DATABASE
  valueFrom:
    secretKeyRef:
      name: {{ .Values.database.secret }}
      key: {{ .Values.database.key }}
- name: YUNYUE_OBJECTS
  value: {{ .Values.objects.address | quote }}
- name: YUNYUE_LOG_FORMAT
  value: json
- name: YUNYUE_NO_ENGINES
  value: "true"
{{- if .Values.objects.secret }}
- name: AWS_ACCESS_KEY_ID
  valueFrom:
    secretKeyRef:
      name: {{ .Values.objects.secret }}
      key: AWS_ACCESS_KEY_ID
- name: AWS_SECRET_ACCESS_KEY
  valueFrom:
    secretKeyRef:
      name: {{ .Values.objects.secret }}
      key: AWS_SECRET_ACCESS_KEY
{{- end }}
{{- end -}}

{{- define "yunyue.container" -}}
image: {{ printf "%s:%s" .Values.image.repository .Values.image.tag | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end -}}
