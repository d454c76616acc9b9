"""Where the files under test are."""
import pathlib
import sys

AIRFLOW = pathlib.Path(__file__).resolve().parents[2] / "deploy" / "airflow"
DAGS = AIRFLOW / "dags"
sys.path.insert(0, str(AIRFLOW / "plugins"))
