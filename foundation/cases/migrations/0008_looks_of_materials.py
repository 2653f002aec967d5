"""Files that came before they were looked into are looked into now: a row each, by the type under which they were kept."""

from django.db import migrations

ROWS = """
    INSERT INTO formats_lookedinto (name, key, since, read_at, marks, listing, preview, sha256)
    SELECT file, known.key, uploaded_at, NULL, '[]', '[]', '', ''
    FROM cases_material JOIN (VALUES
        ('application/pdf', 'pdf'), ('image/jpeg', 'jpeg'), ('image/png', 'png'), ('video/mp4', 'mp4'), ('audio/mpeg', 'mp3'), ('audio/mp4', 'm4a'),
        ('application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'docx'),
        ('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'xlsx'), ('text/plain', 'text')
    ) AS known (content_type, key) USING (content_type)
    WHERE file <> ''
    ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_own_file_and_papers"), ("formats", "0001_looked_into")]

    operations = [migrations.RunSQL(ROWS, migrations.RunSQL.noop)]
