from django.test import SimpleTestCase


class IndexTest(SimpleTestCase):
    def test_greeting(self):
        self.assertContains(self.client.get("/"), "Hello")
